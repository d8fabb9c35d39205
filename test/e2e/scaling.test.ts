import { expect } from 'chai'
import type { Core } from '../../src/service/core.js'
import { RoundRobinLoad } from '../support/clients/round-robin-load.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { cleanBooks } from '../support/database/verified.js'
import { eventually } from '../support/eventually.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { type ServiceProcess, useServices } from '../support/processes/service-process.js'

const AMOUNT = 100n
/** Enough for all purchases. */
const FUNDS = 100_000_000n
/** Calls required before and after each end of a process. */
const CALLS_AROUND = 30

/** The client has found the process, and sends it calls. */
async function untilItDecides({ httpUrl }: ServiceProcess): Promise<void> {
  await eventually('the process decides', async () => {
    return (await readMetric(httpUrl, 'benefits_decisions_total')) > 0
  })
}

/** How a process ends, and the exit code that belongs to it. */
const ends = [
  { how: 'restarted in order', signal: 'SIGTERM', exitCode: 0 },
  { how: 'killed and started again', signal: 'SIGKILL', exitCode: null },
] as const

for (const { how, signal, exitCode } of ends) {
  describe(`two processes behind a round-robin client, ${how} one after the other, under load`, () => {
    const start = useServices()
    const exitCodes: (number | null)[] = []
    /** Answers during the absence of one process. */
    const answersAlone: number[] = []
    let load: RoundRobinLoad
    let core: Core
    let database: string
    let accounts: readonly string[]

    before(async function () {
      this.timeout(300_000)
      const env = await serviceEnvironment()
      database = env.MONGODB_DATABASE
      const startAt = async (port: string): Promise<ServiceProcess> => {
        // On a slow machine, too, only the end of a process may fail a call.
        const patience = { QUEUE_WAIT_MS: '60000', DECISION_TIMEOUT_MS: '60000' }
        const service = await start({ ...env, ...patience, GRPC_PORT: port })
        await service.untilEvent('serving')
        return service
      }
      const processes = await Promise.all([startAt('0'), startAt('0')])
      const addresses = processes.map(({ grpcAddress }) => grpcAddress)
      core = await openCore(env.MONGODB_URI, database)
      accounts = await Promise.all(Array.from({ length: 3 }, () => fundedAccount(core, { CASH: FUNDS })))

      load = new RoundRobinLoad({ addresses, accounts, amount: AMOUNT })
      for (const [place, address] of addresses.entries()) {
        for (const service of processes) await untilItDecides(service)
        await load.more(CALLS_AROUND)
        processes[place]?.signal(signal)
        exitCodes.push((await processes[place]?.untilExit()) ?? null)
        const before = load.answers.length
        await load.more(CALLS_AROUND)
        answersAlone.push(load.answers.length - before)
        processes[place] = await startAt(address.split(':')[1] ?? '')
      }
      await load.more(CALLS_AROUND)
      await load.stop()
    })
    after(() => core.close(1_000))

    it('end with the configured status', () => {
      expect(exitCodes).to.deep.equal(exitCodes.map(() => exitCode))
    })

    it('answer every purchase: the client retries UNAVAILABLE on the other process', () => {
      expect(load.failures).to.deep.equal([])
    })

    if (signal === 'SIGTERM') {
      it('require no retry by the caller: gRPC retries', () => {
        expect(load.resent).to.deep.equal([])
      })
    }

    it('each decide alone while the other is down', () => {
      expect(Math.min(...answersAlone)).to.be.at.least(CALLS_AROUND)
    })

    it('approve each purchase once', () => {
      const { answers } = load
      expect(new Set(answers.map(({ response }) => response.code))).to.deep.equal(new Set(['00']))
      expect(new Set(answers.map(({ id }) => id)).size).to.equal(answers.length)
    })

    it('debit each account by exactly the approved amounts', async () => {
      for (const account of accounts) {
        const approved = load.answers.filter(({ accountId }) => accountId === account).map(({ id }) => id)
        const { balances, entries } = await readBook(core.client.db(database), account)
        const bought = entries
          .filter(({ kind }) => kind === 'AUTHORIZATION')
          .map(({ transaction }) => transaction)
        expect(bought.sort()).to.deep.equal(approved.sort())
        expect(balances).to.deep.equal({ CASH: FUNDS - AMOUNT * BigInt(approved.length) })
      }
    })

    it('leave books that verify finds clean', async () => {
      await cleanBooks(core.client.db(database))
    })
  })
}
