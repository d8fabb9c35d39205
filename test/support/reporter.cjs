const Mocha = require('mocha')

/** mocha's own report, and then one plain line that any machine can read: "N passed, N failed". */
module.exports = class PlainClosingLine extends Mocha.reporters.Spec {
  epilogue() {
    // With files in parallel, an error outside every test arrives as a plain object, which the report cannot print.
    for (const failure of this.failures) failure.titlePath ??= () => [failure.title]
    super.epilogue()
    const { passes, failures } = this.stats
    Mocha.reporters.Base.consoleLog(`${passes} passed, ${failures} failed`)
  }
}
