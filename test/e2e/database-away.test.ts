import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ReplicaSet } from '../faults/harness/replica-set.js'
import {
  type AuthorizeRequest,
  type AuthorizeResponse,
  purchase,
  TestClient,
} from '../support/clients/client.js'
import { HealthClient } from '../support/clients/health-client.js'
import { PurchaseStream } from '../support/clients/purchase-stream.js'
import { type RpcError, statusErrorOf } from '../support/clients/rpc-error.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { eventually } from '../support/eventually.js'
import { type ServiceProcess, useServices } from '../support/processes/service-process.js'
import { Running } from './commands/make.js'

const SERVICE = 'benefits.v1.AuthorizationService'
const EXAMPLE_ACCOUNT = '6712b3eb3ec7354864d4274f'
const OTHER_ACCOUNT = '6712b3eb3ec7354864d42750'

/** The reported state of the service, and its answer, at one time. */
type Look = {
  readonly health: string | RpcError
  readonly readyz: number
  readonly livez: number
}

describe('a service whose MongoDB', () => {
  const request: AuthorizeRequest = purchase({ account_id: EXAMPLE_ACCOUNT, mcc: '5411', amount: 200 })
  // On another account, so that neither waits for the other.
  const streamed: AuthorizeRequest = { ...request, account_id: OTHER_ACCOUNT, transaction_id: 'streamed' }
  let folder: string
  let mongo: ReplicaSet
  let service: ServiceProcess
  let client: TestClient
  let health: HealthClient
  let stream: PurchaseStream

  // Before the hooks of the service: an open watch would hold up its end.
  after(async () => {
    health.close()
    client.close()
    stream.halfClose()
    try {
      await service.stop()
    } finally {
      await mongo.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
  const start = useServices()
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'database-away-'))
    mongo = await ReplicaSet.prepare({ folder, onCrash: (reason) => expect.fail(reason) })
    service = await start({ MONGODB_URI: mongo.uri, JWT_SECRET, SEED_EXAMPLES: 'true' })
    client = new TestClient(service.grpcAddress)
    stream = new PurchaseStream(service.grpcAddress)
    health = new HealthClient(service.grpcAddress)
  })
  async function look(): Promise<Look> {
    const [readyz, livez] = await Promise.all(
      ['/readyz', '/livez'].map((path) => fetch(service.httpUrl + path)),
    )
    return { health: await health.check(SERVICE), readyz: readyz?.status ?? 0, livez: livez?.status ?? 0 }
  }

  const away: Look = { health: 'NOT_SERVING', readyz: 503, livez: 200 }
  const there: Look = { health: 'SERVING', readyz: 200, livez: 200 }

  describe('is not up yet', () => {
    let error: RpcError
    before(async () => {
      error = await client.fail(request)
    })

    it('reports NOT_SERVING and not ready, but alive', async () => {
      expect(await look()).to.deep.equal(away)
    })

    it('answers UNAVAILABLE with a retry delay', () => {
      const { code, info, retryAfterMs } = error
      expect({ code, info, retryAfterMs }).to.deep.equal({
        code: 'UNAVAILABLE',
        info: { reason: 'UNAVAILABLE', domain: 'benefits.v1' },
        retryAfterMs: 200,
      })
    })

    it('reveals nothing about the database to the caller', () => {
      expect(error.message).to.equal('the service cannot decide right now')
    })
  })

  describe('has come up', () => {
    let first: AuthorizeResponse
    let importing: Running
    before(async () => {
      const file = join(folder, 'rules.csv')
      await writeFile(file, 'id,match,name,city,country,mcc\naway,PREFIX,LOJA,,,5411\n')
      const [HOST, GRPC_PORT] = service.grpcAddress.split(':')
      importing = new Running('./benefits', ['rules', 'import', file], { HOST, GRPC_PORT, JWT_SECRET })
      await eventually('the import waits', () => importing.stderr.includes('trying again'))
      await mongo.start()
      await health.watch(SERVICE).until('SERVING')
      first = await client.decide(request)
    })

    it('reports SERVING and ready', async () => {
      expect(await look()).to.deep.equal(there)
    })

    it('applies the rules of an import that began before', async () => {
      expect(await importing.untilExit(), importing.stderr).to.equal(0)
      expect(JSON.parse(importing.stdout)).to.deep.equal({ created: 1, changed: 0, unchanged: 0 })
    })

    it('decides the purchase that it could not decide before', () => {
      expect(first).to.include({ code: '00', category: 'FOOD', balance: '1000', replayed: false })
    })
  })

  describe('has gone down again', () => {
    let error: RpcError
    before(async () => {
      await mongo.stop()
      await health.watch(SERVICE).until('NOT_SERVING')
      stream.send(streamed)
      error = await client.fail({ ...request, transaction_id: 'while-away' })
    })

    it('reports NOT_SERVING and not ready, but alive', async () => {
      expect(await look()).to.deep.equal(away)
    })

    it('answers UNAVAILABLE', () => {
      expect(error.code).to.equal('UNAVAILABLE')
    })

    it('answers UNAVAILABLE in its place on an open stream', async () => {
      const [answer] = await stream.untilAnswered(1)
      if (!answer?.error) throw new Error('not an error')
      expect(statusErrorOf(answer.error)).to.deep.include({ code: 'UNAVAILABLE', retryAfterMs: 200 })
    })
  })

  describe('has come back', () => {
    before(async () => {
      await mongo.start()
      await health.watch(SERVICE).until('SERVING')
    })

    it('reports SERVING and ready', async () => {
      expect(await look()).to.deep.equal(there)
    })

    it('still has its earlier decisions', async () => {
      expect(await client.decide(request)).to.include({ code: '00', balance: '1000', replayed: true })
    })

    it('has not debited the purchases that it answered with UNAVAILABLE', async () => {
      const retry = { ...request, transaction_id: 'while-away' }
      expect(await client.decide(retry)).to.include({ code: '00', balance: '800', replayed: false })
    })

    it('decides resent purchases on the stream that stayed open', async () => {
      stream.send(streamed)
      const [, answer] = await stream.untilAnswered(2)
      expect(answer?.response).to.include({ code: '00', balance: '2200', replayed: false })
    })
  })
})
