import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type AuthorizeResponse, purchase, TestClient } from '../support/clients/client.js'
import { signToken } from '../support/clients/token.js'
import { eventually } from '../support/eventually.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { type ServiceProcess, useServices } from '../support/processes/service-process.js'
import { useTempFolder } from '../support/temp-folder.js'

describe('the launcher without MONGODB_URI and JWT_SECRET', () => {
  const start = useServices({ program: 'launcher' })
  // After the services: they stop before the folder is removed.
  const folder = useTempFolder()
  const request = purchase({ account_id: '6712b3eb3ec7354864d4274f', mcc: '5811' })
  let service: ServiceProcess
  let secret: string
  let first: AuthorizeResponse

  async function startAndServe(): Promise<ServiceProcess> {
    const started = await start({ DATA_DIR: join(folder(), 'data') })
    await started.untilEvent('serving')
    return started
  }

  async function decide(by: ServiceProcess): Promise<AuthorizeResponse> {
    const client = new TestClient(by.grpcAddress)
    try {
      return await client.decide(request, { authorization: `Bearer ${signToken({ secret })}` })
    } finally {
      client.close()
    }
  }

  /** The process id of the mongod that has the data open, as recorded by mongod itself. */
  async function mongodPid(): Promise<number> {
    return Number(await readFile(join(folder(), 'data/mongo/mongod.lock'), 'utf8'))
  }

  before(async () => {
    service = await startAndServe()
    secret = (await readFile(join(folder(), 'data/jwt-secret'), 'utf8')).trim()
    first = await decide(service)
  })

  it('decides on its own local MongoDB', () => {
    expect(first).to.include({ code: '00', category: 'MEAL', balance: '200', replayed: false })
  })

  it('runs that MongoDB as a separate process', async () => {
    expect(isAlive(await mongodPid())).to.equal(true)
  })

  it('has created a secret that only its owner may read', async () => {
    expect((await stat(join(folder(), 'data/jwt-secret'))).mode & 0o777).to.equal(0o600)
  })

  it('has created a secret of 32 bytes', () => {
    expect(secret).to.match(/^[0-9a-f]{64}$/)
  })

  describe('killed with SIGKILL', () => {
    let pid: number
    before(async () => {
      pid = await mongodPid()
      await service.kill()
    })

    it('leaves no mongod behind', async () => {
      await eventually(`the mongod of process ${pid} ends`, () => !isAlive(pid))
    })

    it('restores the balances at the next start', async () => {
      service = await startAndServe()
      expect(await decide(service)).to.deep.equal({ ...first, replayed: true })
    })
  })

  describe('killed with SIGKILL and started again at once', () => {
    before(async () => {
      await service.kill()
      service = await startAndServe()
    })

    it('restores the balances', async () => {
      expect(await decide(service)).to.deep.equal({ ...first, replayed: true })
    })
  })

  describe('stopped with SIGTERM', () => {
    let pid: number
    before(async () => {
      pid = await mongodPid()
      await service.stop()
    })

    it('has stopped its MongoDB, too', () => {
      expect(isAlive(pid)).to.equal(false)
    })

    it('restores the balances at the next start', async () => {
      service = await startAndServe()
      expect(await decide(service)).to.deep.equal({ ...first, replayed: true })
    })
  })
})

describe('the launcher with MONGODB_URI', () => {
  const start = useServices({ program: 'launcher' })

  it('adds no example accounts to that database', async () => {
    const service = await start(await serviceEnvironment())
    await service.untilEvent('serving')
    const client = new TestClient(service.grpcAddress)
    const { reason } = await client.decide(purchase({ account_id: '6712b3eb3ec7354864d4274f', mcc: '5811' }))
    client.close()
    expect(reason).to.equal('REASON_ACCOUNT_NOT_FOUND')
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
