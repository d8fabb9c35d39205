const Mocha = require('mocha')

/** mocha's own report, and then one plain line that any machine can read: "N passed, N failed". */
module.exports = class PlainClosingLine extends Mocha.reporters.Spec {
  epilogue() {
    super.epilogue()
    const { passes, failures } = this.stats
    Mocha.reporters.Base.consoleLog(`${passes} passed, ${failures} failed`)
  }
}
