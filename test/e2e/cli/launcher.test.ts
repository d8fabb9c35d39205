import { cpSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { run } from '../commands/make.js'

describe('./benefits on a fresh clone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clone-'))
  const clone = join(folder, 'clone')
  const program = join(clone, 'benefits')

  before(() => {
    for (const path of [
      'benefits',
      'cli',
      'src',
      'tools',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
    ])
      cpSync(path, join(clone, path), { recursive: true })
    symlinkSync(resolve('node_modules'), join(clone, 'node_modules'))
    symlinkSync(program, join(folder, 'linked'))
  })
  after(() => rmSync(folder, { recursive: true }))

  const help = (from = program) => run(from, ['credit', '--help'])

  it('builds itself once, and again when a source has changed', async () => {
    const first = await help()
    expect({ code: first.code, stderr: first.stderr }).to.deep.equal({
      code: 0,
      stderr: 'building the command line, once\n',
    })
    expect(first.stdout).to.match(/^Usage: benefits credit /)
    expect((await help()).stderr).to.equal('')
    const { mtimeMs } = statSync(join(clone, 'dist/cli/inputs.json'))
    utimesSync(join(clone, 'cli/amount.ts'), new Date(), new Date(mtimeMs + 60_000))
    expect((await help()).stderr).to.equal('building the command line, once\n')
  })

  it('runs through a symbolic link, as npm link creates it', async () => {
    const { code, stdout } = await help(join(folder, 'linked'))
    expect(code).to.equal(0)
    expect(stdout).to.match(/^Usage: benefits credit /)
  })
})
