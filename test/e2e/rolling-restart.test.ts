import { randomUUID } from 'node:crypto'
import { Client, credentials, status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Core } from '../../src/core.js'
import { fundedAccount, openCore } from '../support/accounts.js'
import { readBook, wrongInBooks } from '../support/books.js'
import { type AuthorizeResponse, authorizeMethod, metadataOf, purchase } from '../support/client.js'
import { eventually, WAIT_MS_MAX } from '../support/eventually.js'
import { serviceEnvironment } from '../support/service-fixture.js'
import { type ServiceProcess, useServices } from '../support/service-process.js'

const CALLERS = 8
const AMOUNT = 100n
/** Enough for everything that is bought. */
const FUNDS = 100_000_000n
/** Calls that each restart must meet, and that must follow it. */
const CALLS_AROUND = 30

/** What a caller behind the headless Service of Kubernetes has: calls spread over all addresses, and UNAVAILABLE tried again. */
const serviceConfig = JSON.stringify({
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{ service: 'benefits.v1.AuthorizationService' }],
      retryPolicy: {
        maxAttempts: 5,
        initialBackoff: '0.1s',
        maxBackoff: '1s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
})

type Answer = { readonly id: string; readonly accountId: string; readonly response: AuthorizeResponse }

describe('two instances that are restarted one after the other, under load', () => {
  const start = useServices()
  const answers: Answer[] = []
  const failures: string[] = []
  let core: Core
  let database: string
  let accounts: readonly string[]
  let exitCodes: readonly (number | null)[]
  let answersOfEach: readonly number[]

  before(async () => {
    const env = await serviceEnvironment()
    database = env.MONGODB_DATABASE
    const startAt = async (port: string): Promise<ServiceProcess> => {
      const service = await start({ ...env, GRPC_PORT: port })
      await service.untilEvent('serving')
      return service
    }
    const instances = await Promise.all([startAt('0'), startAt('0')])
    const ports = instances.map(({ grpcAddress }) => grpcAddress.split(':')[1] ?? '')
    core = await openCore(env.MONGODB_URI, database)
    accounts = await Promise.all(Array.from({ length: 3 }, () => fundedAccount(core, { CASH: FUNDS })))

    const load = startLoad(ports)
    const codes: (number | null)[] = []
    const counts: number[] = []
    for (const [place, port] of ports.entries()) {
      await untilAnswers(CALLS_AROUND)
      instances[place]?.signal('SIGTERM')
      codes.push((await instances[place]?.untilExit()) ?? null)
      // The other one decides alone.
      const before = answers.length
      await untilAnswers(CALLS_AROUND)
      counts.push(answers.length - before)
      instances[place] = await startAt(port)
    }
    await untilAnswers(CALLS_AROUND)
    await load.stop()
    exitCodes = codes
    answersOfEach = counts
  })
  after(() => core.close(1_000))

  /** Callers that buy one thing after another until they are told to stop. */
  function startLoad(ports: readonly string[]) {
    const target = `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`
    const client = new Client(target, credentials.createInsecure(), {
      'grpc.service_config': serviceConfig,
      // A connection that is lost is made again soon, as the pod that comes back is soon there.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
    })
    let stopped = false
    const callers = Array.from({ length: CALLERS }, async (_, number) => {
      const accountId = accounts[number % accounts.length] ?? ''
      while (!stopped) await buy(client, accountId)
    })
    return {
      stop: async () => {
        stopped = true
        await Promise.all(callers)
        client.close()
      },
    }
  }

  function buy(client: Client, accountId: string): Promise<void> {
    const id = randomUUID()
    const request = purchase({ transaction_id: id, account_id: accountId, amount: Number(AMOUNT) })
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        authorizeMethod.path,
        authorizeMethod.requestSerialize,
        authorizeMethod.responseDeserialize,
        request,
        metadataOf({}),
        { deadline: Date.now() + WAIT_MS_MAX },
        (error, response) => {
          if (response) answers.push({ id, accountId, response })
          else failures.push(`${status[error?.code ?? status.UNKNOWN]}: ${error?.details}`)
          resolve()
        },
      )
    })
  }

  async function untilAnswers(count: number): Promise<void> {
    const wanted = answers.length + count
    await eventually(`${count} more answers`, () => answers.length + failures.length >= wanted)
  }

  it('end in order', () => {
    expect(exitCodes).to.deep.equal([0, 0])
  })

  it('let no call fail: what was UNAVAILABLE at one was tried again at the other', () => {
    expect(failures).to.deep.equal([])
  })

  it('decide alone while the other is away', () => {
    expect(Math.min(...answersOfEach)).to.be.at.least(CALLS_AROUND)
  })

  it('approve everything, each purchase once', () => {
    expect(new Set(answers.map(({ response }) => response.code))).to.deep.equal(new Set(['00']))
    expect(new Set(answers.map(({ id }) => id)).size).to.equal(answers.length)
  })

  it('take from each account exactly what was approved', async () => {
    for (const accountId of accounts) {
      const approved = answers.filter((answer) => answer.accountId === accountId).map(({ id }) => id)
      const { balances, entries } = await readBook(core.client.db(database), accountId)
      const bought = entries
        .filter(({ kind }) => kind === 'AUTHORIZATION')
        .map(({ transaction }) => transaction)
      expect(bought.sort()).to.deep.equal(approved.sort())
      expect(balances).to.deep.equal({ CASH: FUNDS - AMOUNT * BigInt(approved.length) })
    }
  })

  it('leave books in which every centavo is explained', async () => {
    expect(await wrongInBooks(core.client.db(database))).to.deep.equal([])
  })
})
