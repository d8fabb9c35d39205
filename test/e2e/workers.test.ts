import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { isAlive } from '../../src/local-mongo/mongod-state.js'
import { lockAccount } from '../support/account-lock.js'
import { fundedAccount } from '../support/accounts.js'
import { readBook, wrongInBooks } from '../support/books.js'
import { type AuthorizeResponse, purchase, TestClient } from '../support/client.js'
import { eventually } from '../support/eventually.js'
import { HealthClient } from '../support/health-client.js'
import { readMetric, readMetrics } from '../support/metrics-page.js'
import { useService } from '../support/service-fixture.js'
import { type ServiceProcess, useServices } from '../support/service-process.js'
import { useTempFolder } from '../support/temp-folder.js'
import { JWT_SECRET, signToken } from '../support/token.js'

/** A database that does not answer: for what does not need one. */
const NOBODY = 'mongodb://127.0.0.1:9/?replicaSet=rs0'

/** The process ids of all workers that were ever started, the first one first. */
function workersOf({ events }: ServiceProcess): readonly number[] {
  return events.filter(({ event }) => event === 'worker started').map(({ pid }) => Number(pid))
}

async function untilReady({ httpUrl }: ServiceProcess): Promise<string> {
  return await eventually('the service is ready', async () => {
    const answer = await fetch(`${httpUrl}/readyz`)
    return answer.ok && (await answer.text())
  })
}

async function untilGone(pids: readonly number[]): Promise<void> {
  await eventually(`the processes ${pids} end`, () => !pids.some(isAlive))
}

/** Samples of what must never become less: counters, and the parts of histograms. */
async function counted({ httpUrl }: ServiceProcess): Promise<ReadonlyMap<string, number>> {
  const samples = [...(await readMetrics(httpUrl))]
  return new Map(
    samples.filter(([name]) => /^(?!nodejs_active_)[a-z0-9_]+_(total|bucket|count|sum)(\{|$)/.test(name)),
  )
}

describe('a service of two workers', function () {
  // Three processes and their successor take a while to start on a machine that is busy.
  this.timeout(60_000)
  const fixture = useService({
    WORKERS: '2',
    LOG_LEVEL: 'debug',
    DECISION_TIMEOUT_MS: '10000',
    GRPC_HEALTH_PORT: '0',
  })
  let service: ServiceProcess
  let clients: readonly TestClient[]
  let firstWorkers: readonly number[]
  /** Purchases that were answered. */
  let answered = 0

  before(async () => {
    service = fixture().service
    await untilReady(service)
    firstWorkers = workersOf(service)
    clients = [new TestClient(service.grpcAddress), new TestClient(service.grpcAddress)]
  })
  after(() => {
    for (const client of clients) client.close()
  })

  /** Sends requests at once, in turn over one connection and the other. */
  async function sendAll(
    count: number,
    request: () => ReturnType<typeof purchase>,
  ): Promise<readonly AuthorizeResponse[]> {
    const sent = Array.from({ length: count / clients.length }, () =>
      clients.map((client) => client.decide(request())),
    )
    const answers = await Promise.all(sent.flat())
    answered += answers.length
    return answers
  }

  it('says that it is ready, and how many serve', async () => {
    expect(await untilReady(service)).to.equal('2 of 2 workers serve\n')
  })

  it('tells once where it listens', async () => {
    const told = () => service.stdout.match(/is ready: gRPC on/g)
    await eventually('it tells', () => told() !== null)
    expect(told()).to.have.length(1)
  })

  it('gives two connections to two workers', async () => {
    await sendAll(2, () => purchase({}))
    const workers = await eventually('both calls are logged', () => {
      const calls = service.events.filter(({ event }) => event === 'call')
      return calls.length === 2 && calls.map(({ worker }) => worker)
    })
    expect(workers).to.have.members([1, 2])
  })

  describe('given 100 purchases of 10.00 at once, on FOOD 100.00 and CASH 100.00, at MCC 5411', () => {
    let answers: readonly AuthorizeResponse[]
    let accountId: string
    before(async () => {
      accountId = await fundedAccount(fixture().core, { FOOD: 10_000n, CASH: 10_000n })
      answers = await sendAll(100, () => purchase({ account_id: accountId, mcc: '5411' }))
    })

    it('pays 10 from each wallet and declines 80', () => {
      const counts = { FOOD: 0, CASH: 0, '51': 0 }
      for (const { code, category } of answers) {
        const kind = Object(counts)[category] === undefined ? code : category
        Object(counts)[kind] += 1
      }
      expect(counts).to.deep.equal({ FOOD: 10, CASH: 10, '51': 80 })
    })

    it('leaves both balances at 0', async () => {
      const { core, env } = fixture()
      const { balances } = await readBook(core.client.db(env['MONGODB_DATABASE']), accountId)
      expect(balances).to.deep.equal({ FOOD: 0n, CASH: 0n })
    })
  })

  it('adds up the metrics of both', async () => {
    const calls = await readMetric(service.httpUrl, 'grpc_server_handled_total', { grpc_code: 'OK' })
    const decisions = await readMetric(service.httpUrl, 'benefits_decisions_total')
    expect({ calls, decisions }).to.deep.equal({ calls: answered, decisions: answered })
  })

  it('tells how many workers serve', async () => {
    expect(await readMetric(service.httpUrl, 'benefits_workers')).to.equal(2)
  })

  it('leaves it to the primary to heed a Ctrl-C, which reaches every process', async () => {
    for (const pid of firstWorkers) process.kill(pid, 'SIGINT')
    await sendAll(2, () => purchase({}))
    expect(workersOf(service)).to.deep.equal(firstWorkers)
  })

  describe('one of which is killed while it decides', () => {
    const fallen: string[] = []
    const failures = new Set<string>()
    let samplesWhileStuck: number

    before(async () => {
      const [victim = 0] = firstWorkers
      let calling = true
      const callers = clients.map(async (client) => {
        while (calling) {
          const { error } = await client.authorize(purchase({}))
          if (error) failures.add(error.code)
        }
      })
      let seen = await counted(service)

      // One that answers nothing any more first: the page must not wait for it.
      process.kill(victim, 'SIGSTOP')
      samplesWhileStuck = (await counted(service)).size
      process.kill(victim, 'SIGKILL')

      await eventually('another worker is ready', async () => {
        const now = await counted(service)
        for (const [name, value] of seen) if ((now.get(name) ?? 0) < value) fallen.push(name)
        seen = now
        const serving = await readMetric(service.httpUrl, 'benefits_workers')
        return workersOf(service).length === 3 && serving === 2
      })
      calling = false
      await Promise.all(callers)
    })

    it('shows the metrics although one worker does not answer', () => {
      expect(samplesWhileStuck).to.be.above(100)
    })

    it('never shows less of what is counted', () => {
      expect(fallen).to.deep.equal([])
    })

    it('tells callers nothing worse than UNAVAILABLE', () => {
      expect([...failures].filter((code) => code !== 'UNAVAILABLE')).to.deep.equal([])
    })

    it('is ready again, with both', async () => {
      expect(await untilReady(service)).to.equal('2 of 2 workers serve\n')
    })

    it('counts that it has ended', async () => {
      expect(await readMetric(service.httpUrl, 'benefits_worker_ends_total')).to.equal(1)
    })

    it('decides over both connections again', async () => {
      expect(await sendAll(2, () => purchase({}))).to.have.length(2)
    })
  })

  describe('one of which is killed while it does not take the connections that it is given', () => {
    it('leaves them to the others', async () => {
      const [victim = 0] = workersOf(service).filter(isAlive)
      process.kill(victim, 'SIGSTOP')
      const late = [new TestClient(service.grpcAddress), new TestClient(service.grpcAddress)]
      const answers = late.map((client) => client.decide(purchase({})))
      // One of them is given to the worker that lives.
      await Promise.race(answers)
      process.kill(victim, 'SIGKILL')
      expect((await Promise.all(answers)).map(({ code }) => code)).to.deep.equal(['07', '07'])
      for (const client of late) client.close()
    })

    it('decides over all connections again', async () => {
      await eventually(
        'both serve',
        async () => (await readMetric(service.httpUrl, 'benefits_workers')) === 2,
      )
      expect(await sendAll(2, () => purchase({}))).to.have.length(2)
    })
  })

  describe('told to stop while it decides', () => {
    let answer: AuthorizeResponse
    let exitCode: number | null
    let readiness: number
    let seen: readonly string[]
    let health: HealthClient

    before(async () => {
      const { core, env } = fixture()
      health = new HealthClient(service.healthAddress)
      const watch = health.watch('')
      await watch.until('SERVING')
      const account_id = await fundedAccount(core, { CASH: 5_000n })
      const { release } = await lockAccount(core, String(env['MONGODB_DATABASE']), account_id)
      const begun = await readMetric(service.httpUrl, 'grpc_server_started_total')
      const pending = clients[0]?.decide(purchase({ account_id }))
      await eventually('the call has begun', async () => {
        return (await readMetric(service.httpUrl, 'grpc_server_started_total')) > begun
      })
      service.signal('SIGTERM')
      await service.untilEvent('draining')
      await watch.until('NOT_SERVING')
      readiness = (await fetch(`${service.httpUrl}/readyz`)).status
      seen = [...watch.statuses, service.hasExited ? 'ended' : 'still there']
      await release()
      // An answer, or a rejection that fails this hook.
      answer = (await pending) as AuthorizeResponse
      exitCode = await service.untilExit()
    })

    after(() => health.close())

    it('is not ready any more', () => {
      expect(readiness).to.equal(503)
    })

    it('says so on the port for health, while it still decides', () => {
      expect(seen).to.deep.equal(['SERVING', 'NOT_SERVING', 'still there'])
    })

    it('answers what was begun', () => {
      expect(answer).to.include({ code: '00', balance: '4000' })
    })

    it('ends with exit code 0', () => {
      expect(exitCode).to.equal(0)
    })

    it('leaves no worker behind', () => {
      expect(workersOf(service).filter(isAlive)).to.deep.equal([])
    })

    it('leaves books in which every centavo is explained', async () => {
      const { core, env } = fixture()
      expect(await wrongInBooks(core.client.db(env['MONGODB_DATABASE']))).to.deep.equal([])
    })
  })
})

describe('a service of two workers without a database', function () {
  this.timeout(60_000)
  const start = useServices()
  const env = { WORKERS: '2', MONGODB_URI: NOBODY, JWT_SECRET }
  let service: ServiceProcess
  before(async () => {
    service = await start(env)
  })

  it('is not ready', async () => {
    const answer = await fetch(`${service.httpUrl}/readyz`)
    expect([answer.status, await answer.text()]).to.deep.equal([503, '0 of 2 workers serve\n'])
  })

  it('told twice to stop, ends with all its workers at once, with exit code 1', async () => {
    const health = new HealthClient(service.grpcAddress)
    // Whoever watches keeps a worker from ending for SHUTDOWN_TIMEOUT_MS.
    await health.watch('').until('NOT_SERVING')
    service.signal('SIGTERM')
    await service.untilEvent('draining')
    // A signal that follows at once is taken for the same one.
    const impatient = setInterval(() => service.signal('SIGTERM'), 50)
    const exitCode = await service.untilExit()
    clearInterval(impatient)
    health.close()
    expect(exitCode).to.equal(1)
    await untilGone(workersOf(service))
  })

  it('ends with exit code 1 when one of them ends again and again', async () => {
    const failing = await start(env)
    const [, other = 0] = workersOf(failing)
    const killed = new Set([other])
    const killer = setInterval(() => {
      for (const pid of workersOf(failing)) {
        if (!killed.has(pid)) process.kill(pid, 'SIGKILL')
        killed.add(pid)
      }
    }, 20)
    const exitCode = await failing.untilExit()
    clearInterval(killer)
    expect({ exitCode, killed: killed.size - 1 }).to.deep.equal({ exitCode: 1, killed: 6 })
    await untilGone(workersOf(failing))
  })
})

describe('a service of two workers with its own database', function () {
  // The first time a mongod may have to be downloaded.
  this.timeout(300_000)
  const start = useServices()
  // After the services: they are stopped before the folder goes.
  const folder = useTempFolder()
  let service: ServiceProcess
  let answer: AuthorizeResponse

  before(async () => {
    const data = join(folder(), 'data')
    service = await start({ WORKERS: '2', DATA_DIR: data, SEED_EXAMPLES: 'true' })
    await untilReady(service)
    const secret = (await readFile(join(data, 'jwt-secret'), 'utf8')).trim()
    const client = new TestClient(service.grpcAddress)
    const request = purchase({ account_id: '6712b3eb3ec7354864d4274f', mcc: '5811' })
    answer = await client.decide(request, { authorization: `Bearer ${signToken({ secret })}` })
    client.close()
  })

  it('takes tokens of the local secret, and has the examples once although both workers add them', () => {
    expect(answer).to.include({ code: '00', category: 'MEAL', balance: '200' })
  })

  it('leaves neither worker nor mongod behind when its primary is killed', async () => {
    const mongod = Number(await readFile(join(folder(), 'data/mongo/mongod.lock'), 'utf8'))
    await service.kill()
    await untilGone([...workersOf(service), mongod])
  })
})
