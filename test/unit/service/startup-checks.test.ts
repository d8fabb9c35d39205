import { createServer } from 'node:net'
import { expect } from 'chai'
import { listenOn } from '../../../src/listen-on.js'
import { requirePorts } from '../../../src/service/startup-checks.js'

const problemOf = async (check: Promise<void>) => {
  try {
    await check
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'none'
}

describe('the port check', () => {
  const ports = {
    host: '127.0.0.1',
    grpcPort: 0,
    grpcHealthPort: undefined,
    httpPort: 0,
    httpApiPort: undefined,
  }
  const server = createServer()
  let taken: number
  before(async () => {
    taken = await listenOn(server, { host: '127.0.0.1', port: 0 })
  })
  after(() => server.close())

  it('names the variable of a port that is in use', async () => {
    const check = requirePorts({ ...ports, httpPort: taken })
    expect(await problemOf(check)).to.equal(
      `HTTP_PORT: port ${taken} of 127.0.0.1 is in use: is the service running already?`,
    )
  })

  it('names HOST when it is not an address of this machine', async () => {
    expect(await problemOf(requirePorts({ ...ports, host: '192.0.2.1', grpcPort: taken }))).to.equal(
      'HOST: 192.0.2.1 is not an address of this machine',
    )
  })

  it('accepts a free port', async () => {
    const other = createServer()
    const port = await listenOn(other, { host: '127.0.0.1', port: 0 })
    await new Promise((resolve) => other.close(resolve))
    await requirePorts({ ...ports, grpcPort: port })
    await requirePorts({ ...ports, grpcPort: port })
  })
})
