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

  it('reports every changed, missing or surplus file', async () => {
    for (const path of ['src/gen', '.docs/openapi.json', '.docs/postman'])
      cpSync(path, join(folder, path), { recursive: true })
    appendFileSync(join(folder, 'src/gen/descriptors.binpb'), '\0')
    rmSync(join(folder, 'src/gen/google/rpc/status.ts'))
    writeFileSync(join(folder, 'src/gen/benefits/v1/old.ts'), '')
    appendFileSync(join(folder, '.docs/openapi.json'), ' ')
    rmSync(join(folder, '.docs/postman/local.postman_environment.json'))
    const { code, stderr } = await run('tools/check-generated.sh', [folder])
    expect(code).to.equal(1)
    expect(stderr.trimEnd().split('\n')).to.have.length(6)
    expect(stderr).to.include('descriptors.binpb').and.include('status.ts').and.include('old.ts')
    expect(stderr).to.include('openapi.json').and.include('local.postman_environment.json')
    expect(stderr).to.match(/run make generate\n$/)
  })
})
