import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse, stringify } from 'yaml'
import { make, run } from './make.js'

describe('make protos', function () {
  this.timeout(120_000)

  const folder = mkdtempSync(join(tmpdir(), 'protos-'))
  let files: readonly string[]
  before(async () => {
    const { code, stderr } = await make(['-s', 'protos', `into=${folder}`])
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    files = filesIn(folder)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('writes all proto files of the contract', () => {
    expect(files).to.include.members(filesIn('proto'))
  })

  it('writes the proto files of error details, too', () => {
    expect(files).to.include('google/rpc/error_details.proto')
  })

  it('writes every imported file', () => {
    const imported = files.flatMap((file) =>
      Array.from(textOf(file).matchAll(/^import "(.+)";$/gm), ([, name = '']) => name),
    )
    expect(imported).to.include('google/protobuf/timestamp.proto')
    expect(imported.filter((name) => !existsSync(join(folder, name)))).to.deep.equal([])
  })

  it('writes files that compile on their own', async () => {
    const { code, stderr } = await run('node_modules/.bin/buf', ['build', folder, '-o', '/dev/null'])
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
  })

  it('writes files that the template for clients and the plugin of this repository accept', async () => {
    const into = join(folder, 'clients')
    const template = parse(readFileSync('.docs/clients/buf.gen.yaml', 'utf8'))
    const ours = parse(readFileSync('buf.gen.yaml', 'utf8'))
    const inputs = [{ directory: folder, paths: [join(folder, 'benefits')] }]
    const path = join(folder, 'buf.gen.yaml')
    writeFileSync(path, stringify({ ...template, inputs, plugins: ours.plugins }))
    const args = ['generate', '--template', path, '-o', into]
    const { code, stderr } = await run('node_modules/.bin/buf', args)
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    expect(existsSync(join(into, 'src/gen/benefits/v1/authorization.ts'))).to.equal(true)
  })

  it('writes files with the package names of other languages', () => {
    for (const file of files.filter((name) => name.startsWith('benefits/'))) {
      const options = Object.fromEntries(
        Array.from(textOf(file).matchAll(/^option (\w+) = (.+);$/gm), ([, name, value]) => [name, value]),
      )
      expect(options, file).to.deep.equal({
        csharp_namespace: '"Benefits.V1"',
        go_package: '"benefits/v1;benefitsv1"',
        java_multiple_files: 'true',
        java_package: '"com.benefits.v1"',
      })
    }
  })

  function textOf(file: string): string {
    return readFileSync(join(folder, file), 'utf8')
  }
})

/** The protos in a folder, by their names in it. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.proto'))
}
