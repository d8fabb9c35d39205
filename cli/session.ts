import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@bufbuild/protobuf'
import { status } from '@grpc/grpc-js'
import type { Command } from 'commander'
import { exampleAccounts } from '../src/application/seed-examples.js'
import { type Configuration, configHere } from './configuration.js'
import { exitCodes, Failure } from './failure.js'
import type { TlsOptions } from './service/channel-credentials.js'
import { type CallOptions, Connection } from './service/connection.js'
import { type Method, methods } from './service/methods.js'
import { ServiceFailure } from './service/service-failure.js'
import { Tokens } from './service/tokens.js'
import { Output, type OutputFormat } from './terminal/output.js'

/** Longest time of a call, in seconds. */
const TIMEOUT_SECONDS = 5

/** The options that every command takes. */
export type GlobalOptions = TlsOptions & {
  readonly output?: OutputFormat
  readonly server?: string
  readonly token?: string
  readonly timeout?: number
}

/** The context of a command: its configuration, a connection that opens at the first call, and the output. */
export class Session {
  readonly config: Configuration
  readonly output: Output
  readonly timeoutMs: number | undefined
  readonly #options: GlobalOptions
  #connection: Connection | undefined

  constructor(options: GlobalOptions) {
    this.config = configHere()
    this.output = new Output({ format: options.output, timeZone: this.config.limitsTimeZone })
    this.timeoutMs = options.timeout === undefined ? undefined : options.timeout * 1_000
    this.#options = options
  }

  get connection(): Connection {
    const { server, token, tls, tlsCa, tlsCert, tlsKey } = this.#options
    this.#connection ??= new Connection({
      config: this.config,
      server,
      tls: {
        ...(tls !== undefined && { tls }),
        ...(tlsCa !== undefined && { tlsCa }),
        ...(tlsCert !== undefined && { tlsCert }),
        ...(tlsKey !== undefined && { tlsKey }),
      },
      // Other users of the machine cannot read the environment. An empty variable counts as not set.
      tokens: new Tokens(this.config, token ?? (process.env['BENEFITS_TOKEN'] || undefined)),
      timeoutMs: this.timeoutMs ?? TIMEOUT_SECONDS * 1_000,
    })
    return this.#connection
  }

  async call(method: Method, request: JsonObject, options: CallOptions = {}): Promise<JsonObject> {
    return await this.connection.call(method, request, options)
  }

  /**
   * Calls a method that makes a change with an id. When the outcome is unknown, the failure names the id for
   * a retry.
   */
  async change(method: Method, id: string, request: JsonObject): Promise<JsonObject> {
    try {
      return await this.call(method, request)
    } catch (error) {
      if (!(error instanceof ServiceFailure) || !error.isTransient) throw error
      const advice = `the outcome is unknown: it is safe to repeat the command with --id ${id}`
      throw new Failure(`${error.message}\n${advice}`, error.exitCode)
    }
  }

  /** The given account, or else the first example account if the database has it. */
  async accountOrExample(account: string | undefined): Promise<string> {
    if (account !== undefined) return account
    const example = exampleAccounts[0]?.id ?? ''
    try {
      await this.call(methods.getAccount, { accountId: example })
    } catch (error) {
      if (!(error instanceof ServiceFailure) || error.exitCode === exitCodes.noAnswer) throw error
      if (error.code === status.UNAUTHENTICATED) throw error
      throw new Failure(
        'name an account: this database has no example accounts (or the token may not read them)',
      )
    }
    this.output.note(`no account named: using the first example account, ${example}`)
    return example
  }

  close(): void {
    this.#connection?.close()
  }
}

/** Runs a command with a session, and closes it afterwards. */
export async function withSession(command: Command, run: (session: Session) => Promise<void>): Promise<void> {
  const session = new Session(command.optsWithGlobals<GlobalOptions>())
  try {
    await run(session)
  } finally {
    session.close()
  }
}

/** An id for a request without one. */
export function newId(): string {
  return randomUUID()
}
