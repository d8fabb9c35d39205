import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { useTempFolder } from '../../support/temp-folder.js'
import { run } from './make.js'

describe('the report of the tests', () => {
  const folder = useTempFolder()

  it('shows an error outside every test, and ends with the counts', async () => {
    const file = join(folder(), 'outside.test.cjs')
    await writeFile(file, "it('passes', () => {})\nsetImmediate(() => { throw new Error('far away') })\n")
    const options = ['--no-config', '--parallel', '--reporter', 'test/support/reporter.cjs']
    const { code, stdout } = await run('node_modules/.bin/mocha', [...options, file])
    expect(code).to.equal(1)
    expect(stdout).to.include('far away')
    expect(stdout.trimEnd().split('\n').at(-1)).to.equal('0 passed, 1 failed')
  })
})
