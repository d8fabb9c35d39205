import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { JWT_SECRET } from '../../support/clients/token.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { make } from './make.js'

describe('make up', () => {
  const folder = useTempFolder()
  let env: Readonly<Record<string, string>>

  /** A docker that records its arguments and ports: there is no engine here. */
  before(async () => {
    const bin = join(folder(), 'bin')
    await mkdir(bin)
    const script = `#!/bin/sh\necho "$* $GRPC_PORT $HTTP_PORT $HTTP_API_PORT" > ${folder()}/called\n`
    await writeFile(join(bin, 'docker'), script)
    await chmod(join(bin, 'docker'), 0o755)
    env = { PATH: `${bin}:${process.env['PATH']}`, JWT_SECRET, DATA_DIR: folder() }
  })

  async function dockerCall(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const { code, stderr } = await make(['-s', ...args], { ...env, ...more })
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    return (await readFile(join(folder(), 'called'), 'utf8')).trim()
  }

  it('runs one process, on the ports of the configuration', async () => {
    const call = await dockerCall(['up'])
    expect(call).to.equal('compose up --build --detach --wait --scale authorizer=1 50051 8080 8000')
  })

  it('runs the requested number of processes, each on its own ports', async () => {
    const call = await dockerCall(['up', 'processes=3'], { GRPC_PORT: '6000' })
    expect(call).to.equal(
      'compose up --build --detach --wait --scale authorizer=3 6000-6002 8080-8082 8000-8002',
    )
  })

  it('keeps the processes when Prometheus and Grafana are added', async () => {
    expect(await dockerCall(['monitoring', 'processes=2'])).to.match(
      /^compose --profile monitoring up .* --scale authorizer=2 50051-50052 8080-8081 8000-8001$/,
    )
  })

  it('rejects an argument that is not a number', async () => {
    const { code, stderr } = await make(['-s', 'up', 'processes=two'], env)
    expect(code).not.to.equal(0)
    expect(stderr).to.include('processes= must be a whole number above 0')
  })
})
