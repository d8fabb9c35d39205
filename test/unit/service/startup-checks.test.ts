import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { listenOn } from '../../../src/listen-on.js'
import { requireDataDir, requirePorts } from '../../../src/service/startup-checks.js'
import { useTempFolder } from '../../support/temp-folder.js'

const problemOf = async (check: Promise<void>) => {
  try {
    await check
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'none'
}

describe('the check of ports', () => {
  const server = createServer()
  let taken: number
  before(async () => {
    taken = await listenOn(server, { host: '127.0.0.1', port: 0 })
  })
  after(() => server.close())

  it('names the variable of a port that is in use', async () => {
    const check = requirePorts('127.0.0.1', { GRPC_PORT: 0, GRPC_HEALTH_PORT: undefined, HTTP_PORT: taken })
    expect(await problemOf(check)).to.equal(
      `HTTP_PORT: port ${taken} of 127.0.0.1 is in use: is the service running already?`,
    )
  })

  it('names HOST when it is no address of this machine', async () => {
    expect(await problemOf(requirePorts('192.0.2.1', { GRPC_PORT: taken }))).to.equal(
      'HOST: 192.0.2.1 is no address of this machine',
    )
  })

  it('leaves a free port free', async () => {
    const other = createServer()
    const port = await listenOn(other, { host: '127.0.0.1', port: 0 })
    await new Promise((resolve) => other.close(resolve))
    await requirePorts('127.0.0.1', { GRPC_PORT: port })
    await requirePorts('127.0.0.1', { GRPC_PORT: port })
  })
})

describe('the check of DATA_DIR', () => {
  const folder = useTempFolder()

  it('makes the folder', async () => {
    const dataDir = join(folder(), 'a', 'b')
    await requireDataDir(dataDir)
    expect(await problemOf(requireDataDir(dataDir))).to.equal('none')
  })

  it('names DATA_DIR when a file is in its way', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    expect(await problemOf(requireDataDir(join(file, 'data')))).to.equal(
      `DATA_DIR: ${join(file, 'data')} cannot be used (ENOTDIR): name a folder that may be written to`,
    )
  })
})
