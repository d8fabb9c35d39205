import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from './make.js'

describe('the check of the generated code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'generated-'))
  after(() => rmSync(folder, { recursive: true }))

  it('accepts the code that the protos generate', async () => {
    const { code, stdout, stderr } = await run('tools/check-generated.sh', [])
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: '', stderr: '' })
  })

  it('reports every file that is changed, missing or too many', async () => {
    const copy = join(folder, 'gen')
    cpSync('src/gen', copy, { recursive: true })
    appendFileSync(join(copy, 'descriptors.binpb'), '\0')
    rmSync(join(copy, 'google/rpc/status.ts'))
    writeFileSync(join(copy, 'benefits/v1/old.ts'), '')
    const { code, stderr } = await run('tools/check-generated.sh', [copy])
    expect(code).to.equal(1)
    expect(stderr.trimEnd().split('\n')).to.have.length(4)
    expect(stderr).to.include('descriptors.binpb').and.include('status.ts').and.include('old.ts')
    expect(stderr).to.match(/run make generate\n$/)
  })
})
