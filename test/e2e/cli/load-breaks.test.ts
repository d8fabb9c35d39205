import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { CreditSender } from '../../../cli/load/credit-sender.js'
import { readLoadFile } from '../../../cli/load/load-file.js'
import { Connection } from '../../../cli/service/connection.js'
import { Tokens } from '../../../cli/service/tokens.js'
import { readDatabaseConfig, readSettings } from '../../../src/config.js'
import { checkBooks } from '../../../src/service/check-books.js'
import { createClient } from '../../../src/storage/client.js'
import { readDevSettings } from '../../../tools/dev/dev-settings.js'
import { AccountClient } from '../../support/clients/account-client.js'
import { secondsFromNow, signToken } from '../../support/clients/token.js'
import { eventually } from '../../support/eventually.js'
import { secretToken } from '../../support/leaks.js'
import { serviceEnvironment } from '../../support/processes/service-fixture.js'
import { type ServiceProcess, useServices } from '../../support/processes/service-process.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { type Environment, Running } from '../commands/make.js'
import { benefits } from './benefits.js'

/** Lines of a load. LOAD_LINES=100000 is the load of a large employer. */
const LINES = Number(process.env['LOAD_LINES'] ?? 4_000)
const ACCOUNTS = Math.min(LINES / 50, 2_000)
const AMOUNT = 60_000n
/** The result of a load in the database. */
type Stored = {
  readonly _id: { readonly transaction: string }
  readonly amount: number | bigint
  readonly journal: readonly { readonly transaction: string; readonly amount: number | bigint }[]
}

/** Fewest bytes that a line takes on the wire. */
const LINE_BYTES = 30

describe('./benefits load with interruptions', () => {
  const start = useServices()
  const folder = useTempFolder()
  let env: Environment
  let service: ServiceProcess
  let uri: string

  before(async () => {
    const whole = await serviceEnvironment()
    uri = whole.MONGODB_URI
    service = await start({ ...whole, GRPC_PORT: '0', HTTP_PORT: '0', HTTP_API_PORT: '0' })
    await service.untilEvent('serving')
    // It comes back on its fixed port.
    env = { ...whole, GRPC_PORT: service.grpcAddress.split(':')[1], HTTP_PORT: '0', HTTP_API_PORT: '0' }
    await openAccounts(service.grpcAddress)
  })

  function fileOf(name: string, badLine = -1): string {
    const lines = Array.from({ length: LINES }, (_, index) => {
      const amount = index === badLine ? '-5.00' : '600.00'
      return `${name}-${index},emp${index % ACCOUNTS},${index % 2 === 0 ? 'FOOD' : 'MEAL'},${amount}`
    })
    const path = join(folder(), `${name}.csv`)
    writeFileSync(path, `transaction_id,account_id,category,amount\n${lines.join('\n')}\n`)
    return path
  }

  /** How many credits of a load the database has, in journals or in the ledger. */
  async function creditsOf(name: string): Promise<{ count: number; amount: bigint }> {
    const client = createClient({ uri, poolSizeMax: 2 })
    try {
      const found = new Map<string, bigint>()
      const db = client.db(env['MONGODB_DATABASE'])
      const id = new RegExp(`^${name}-`)
      for await (const entry of db.collection<Stored>('ledger').find({ '_id.transaction': id }))
        found.set(entry._id.transaction, BigInt(entry.amount))
      for await (const account of db.collection<Stored>('accounts').find({ 'journal.transaction': id }))
        for (const entry of account.journal)
          if (id.test(entry.transaction)) found.set(entry.transaction, BigInt(entry.amount))
      return { count: found.size, amount: [...found.values()].reduce((sum, each) => sum + each, 0n) }
    } finally {
      await client.close()
    }
  }

  async function verified(): Promise<number> {
    const nothing = () => {}
    const summary = await checkBooks({
      config: readDatabaseConfig({ ...env, MONGODB_URI: uri }),
      repair: false,
      onCount: nothing,
      onProgress: nothing,
      onDiscrepancy: nothing,
    })
    return summary.discrepancies
  }

  it('with one invalid line credits nothing, or with --partial all others', async () => {
    const file = fileOf('bad', LINES - 2)
    const rejected = await benefits(['load', file], env)
    expect(rejected.code).to.equal(2)
    expect(JSON.parse(rejected.stdout)).to.include({
      creditedCount: 0,
      rejectedCount: 1,
      notTriedCount: LINES - 1,
    })
    expect((await creditsOf('bad')).count).to.equal(0)

    const partial = await benefits(['load', file, '--partial'], env)
    expect(partial.code).to.equal(1)
    expect(JSON.parse(partial.stdout)).to.include({
      creditedCount: LINES - 1,
      creditedAmount: String(AMOUNT * BigInt(LINES - 1)),
      alreadyThereCount: 0,
      rejectedCount: 1,
      notTriedCount: 0,
    })
    expect(await creditsOf('bad')).to.deep.equal({ count: LINES - 1, amount: AMOUNT * BigInt(LINES - 1) })
    expect(await verified()).to.equal(0)
  })

  it('completes with correct books and a correct summary when the service is killed twice', async () => {
    const proxy = await PausingProxy.listen(Number(env['GRPC_PORT']))
    const args = ['load', fileOf('killed'), '--server', `127.0.0.1:${proxy.port}`]
    const load = new Running('./benefits', args, env)
    for (const _ of ['first', 'second']) {
      // In the middle of a stream.
      await unlessOver(load, proxy.pauseAfter(Math.floor(LINES / 3) * LINE_BYTES))
      await service.kill()
      service = await start(env)
      await service.untilEvent('serving')
      proxy.resume()
    }
    expect(await load.untilExit()).to.equal(0)
    const { stdout, stderr } = load
    expect(stderr).to.match(/the load continues after an interruption/)
    expect(JSON.parse(stdout)).to.deep.equal({
      creditedCount: LINES,
      creditedAmount: String(AMOUNT * BigInt(LINES)),
      alreadyThereCount: 0,
      rejectedCount: 0,
      rejected: [],
      unsureCount: 0,
      notTriedCount: 0,
    })
    expect(await creditsOf('killed')).to.deep.equal({ count: LINES, amount: AMOUNT * BigInt(LINES) })
    expect(await verified()).to.equal(0)
    const again = await benefits(['load', fileOf('killed')], env)
    expect(JSON.parse(again.stdout)).to.include({ creditedCount: 0, alreadyThereCount: LINES })
    await proxy.close()
  })

  it('reports that a given token expired during the load, counts unknown outcomes, and continues with a new token', async () => {
    const proxy = await PausingProxy.listen(Number(env['GRPC_PORT']))
    const expiring = secretToken(signToken({ claims: { scope: 'accounts:credit', exp: secondsFromNow(8) } }))
    const args = ['load', fileOf('expired'), '--server', `127.0.0.1:${proxy.port}`]
    const load = new Running('./benefits', [...args, '--token', expiring], env)
    try {
      await unlessOver(load, proxy.pauseAfter(2_000 * LINE_BYTES))
      // The service ends the stream by itself, and the load gets the error afterwards.
      await eventually('the token has expired', () => isOver(expiring))
      proxy.resume()
      expect(await load.untilExit()).to.equal(2)
      expect(load.stderr).to.match(/the given token expired at .*\nrun the same command again/)
      const first = JSON.parse(load.stdout)
      const { creditedCount, unsureCount, notTriedCount } = first
      expect(creditedCount + unsureCount + notTriedCount).to.equal(LINES)
      const { count } = await creditsOf('expired')
      expect(count).to.be.within(creditedCount, creditedCount + unsureCount)

      const second = JSON.parse((await benefits(args, env)).stdout)
      expect(second.alreadyThereCount).to.equal(count)
      expect(second.creditedCount).to.equal(LINES - count)
      expect((await creditsOf('expired')).count).to.equal(LINES)
    } finally {
      await proxy.close()
    }
  })

  it('opens a new connection when the server falls silent', async () => {
    const proxy = await PausingProxy.listen(Number(env['GRPC_PORT']))
    const args = ['load', fileOf('silent'), '--server', `127.0.0.1:${proxy.port}`]
    const load = new Running('./benefits', args, env)
    try {
      await unlessOver(load, proxy.pauseAfter(2_000 * LINE_BYTES))
      proxy.cutAndSilence()
      expect(await load.untilExit()).to.equal(0)
      expect(proxy.silenced).to.equal(1)
      expect(JSON.parse(load.stdout)).to.include({ creditedCount: LINES, alreadyThereCount: 0 })
      expect((await creditsOf('silent')).count).to.equal(LINES)
    } finally {
      await proxy.close()
    }
  })

  it('ends with a correct summary on Ctrl-C, and continues when it is run again', async () => {
    const proxy = await PausingProxy.listen(Number(env['GRPC_PORT']))
    const args = ['load', fileOf('stopped'), '--server', `127.0.0.1:${proxy.port}`]
    const load = new Running('./benefits', args, env)
    try {
      await unlessOver(load, proxy.pauseAfter(2_000 * LINE_BYTES))
      load.signalGroup('SIGINT')
      await eventually('it says so', () => load.stderr.includes('stopping after the credits already sent'))
      proxy.resume()
      expect(await load.untilExit()).to.equal(3)
      const { creditedCount, notTriedCount, unsureCount } = JSON.parse(load.stdout)
      expect(notTriedCount).to.be.above(0)
      expect([unsureCount, creditedCount + notTriedCount]).to.deep.equal([0, LINES])
      expect((await creditsOf('stopped')).count).to.equal(creditedCount)
      const again = JSON.parse((await benefits(args, env)).stdout)
      expect(again).to.include({ creditedCount: notTriedCount, alreadyThereCount: creditedCount })
    } finally {
      await proxy.close()
    }
  })

  it('continues with a fresh token when a stream outlasts its token', async () => {
    const proxy = await PausingProxy.listen(Number(env['GRPC_PORT']))
    const config = { ...readSettings(env), ...readDevSettings(env) }
    const tokens = new Tokens(config, undefined, 3)
    const server = `127.0.0.1:${proxy.port}`
    const connection = new Connection({ config, server, tls: {}, tokens, timeoutMs: 5_000 })
    const breaks: string[] = []
    try {
      const { credits } = readLoadFile(fileOf('renewed'), undefined)
      const sending = new CreditSender({
        connection,
        patienceMs: 60_000,
        stop: new AbortController().signal,
        onProgress: () => {},
        onBreak: (reason) => breaks.push(reason),
      }).send(credits)
      await proxy.pauseAfter(2_000 * LINE_BYTES)
      const begun = performance.now()
      // Three seconds, and five that the service forgives.
      await eventually('every token from before has expired', () => performance.now() - begun > 9_000)
      proxy.resume()
      const { summary, problem } = await sending
      expect(problem).to.equal(undefined)
      expect(summary).to.include({ credited: LINES, alreadyThere: 0, unsure: 0, notTried: 0 })
      expect(breaks.join()).to.match(/token/)
      expect((await creditsOf('renewed')).count).to.equal(LINES)
    } finally {
      connection.close()
      await proxy.close()
    }
  })
})

async function openAccounts(address: string): Promise<void> {
  const client = new AccountClient(address)
  const waiting = Array.from({ length: ACCOUNTS }, (_, index) => `emp${index}`)
  const work = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const request = { account_id: id, request_id: 'open' }
      // A busy machine may reject some lines at first.
      await eventually(`${id} is open`, () =>
        client.ask('CreateAccount', request).catch(() => false as const),
      )
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  client.close()
}

/** Waits for an event during a load, and fails when the load ends first. */
async function unlessOver(load: Running, event: Promise<void>): Promise<void> {
  const end = load.untilExit().then((code) => {
    throw new Error(`the load has ended with ${code}: ${load.stdout}${load.stderr}`)
  })
  await Promise.race([event, end])
  end.catch(() => {})
}

/** Whether the service no longer accepts the token: five seconds after its expiry. */
function isOver(token: string): boolean {
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return Date.now() / 1_000 > exp + 5
}

/** Stands between a client and the service, and can hold the client's bytes for a while. */
class PausingProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Accepted connections that never get an answer. */
  silenced = 0
  #isSilent = false
  #isPaused = false
  #left = Number.POSITIVE_INFINITY
  #onPause = () => {}
  readonly #held: (() => void)[] = []

  static async listen(targetPort: number): Promise<PausingProxy> {
    const proxy = new PausingProxy(targetPort)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  private constructor(targetPort: number) {
    this.#server = createServer((client) => {
      if (this.#isSilent && this.silenced === 0) {
        this.silenced += 1
        this.#sockets.add(client)
        return
      }
      const target = connect(targetPort, '127.0.0.1')
      for (const [from, to] of [
        [client, target],
        [target, client],
      ] as const) {
        this.#sockets.add(from)
        from.on('data', (chunk: Buffer) => {
          if (from === client) this.#forward(chunk, to)
          else to.write(chunk)
        })
        from.on('error', () => to.destroy())
        from.on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
        if (this.#isPaused) from.pause()
      }
    })
  }

  get port(): number {
    // A server that listens on TCP has such an address.
    return (this.#server.address() as AddressInfo).port
  }

  /** Passes this many bytes of the client on, then reads no more from any connection, and returns. */
  async pauseAfter(bytes: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#left = bytes
      this.#onPause = resolve
    })
  }

  resume(): void {
    this.#isPaused = false
    this.#left = Number.POSITIVE_INFINITY
    for (const write of this.#held.splice(0)) write()
    for (const socket of this.#sockets) socket.resume()
  }

  /**
   * Ends the open connections, accepts the next one without ever answering, and treats all others as before.
   */
  cutAndSilence(): void {
    this.#isPaused = false
    this.#isSilent = true
    this.#left = Number.POSITIVE_INFINITY
    this.#held.splice(0)
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Passes the remaining bytes on, up to the limit, and holds the rest. */
  #forward(chunk: Buffer, to: Socket): void {
    const passing = chunk.subarray(0, this.#left)
    if (passing.length > 0) to.write(passing)
    this.#left -= passing.length
    if (passing.length < chunk.length) this.#held.push(() => to.write(chunk.subarray(passing.length)))
    if (this.#left > 0 || this.#isPaused) return
    this.#isPaused = true
    for (const socket of this.#sockets) socket.pause()
    this.#onPause()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
