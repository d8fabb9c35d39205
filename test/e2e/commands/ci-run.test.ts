import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from './make.js'

describe('.ci/run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ci-run-'))
  after(() => rmSync(folder, { recursive: true }))

  /** Runs it with a `make` that prints these lines and exits with this code. */
  async function ciRun(lines: readonly string[], makeCode: number) {
    const script = ['#!/bin/sh', '[ "$*" = test ] || exit 9', ...lines.map((line) => `echo '${line}'`)]
    writeFileSync(join(folder, 'make'), [...script, `exit ${makeCode}`, ''].join('\n'))
    chmodSync(join(folder, 'make'), 0o755)
    const { code, stdout } = await run('.ci/run', [], { PATH: `${folder}:${process.env['PATH']}` })
    return { code, last: stdout.trimEnd().split('\n').at(-1) }
  }

  it('prints the counts and succeeds', async () => {
    expect(await ciRun(['12 passed, 0 failed'], 0)).to.deep.equal({ code: 0, last: '12 passed, 0 failed' })
  })

  it('prints the counts and exits with the code of make', async () => {
    const lines = ['11 passed, 1 failed', 'make: *** Error 1']
    expect(await ciRun(lines, 2)).to.deep.equal({ code: 2, last: '11 passed, 1 failed' })
  })

  it('fails when no test ran', async () => {
    expect(await ciRun(['all is well'], 0)).to.deep.equal({ code: 1, last: '0 passed, 1 failed' })
    expect(await ciRun(['error TS1005'], 2)).to.deep.equal({ code: 2, last: '0 passed, 1 failed' })
  })
})
