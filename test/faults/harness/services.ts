import { appendFile } from 'node:fs/promises'
import type { Random } from '../../../tools/random.js'
import { JWT_SECRET, signToken } from '../../support/clients/token.js'
import { type Environment, ServiceProcess } from '../../support/processes/service-process.js'
import type { Problems } from './problems.js'
import { WireClient } from './wire-client.js'

/** Settings for the processes of a campaign and their callers. */
export type ServiceSettings = {
  /** Number of processes, all on one database. Default 2. */
  readonly count?: number
  readonly env?: Environment
  /** Variables of one process, by its place. */
  readonly envOf?: (place: number) => Environment
  /** Default: a token that is valid for an hour. */
  readonly token?: string
}

export type ServicesOptions = ServiceSettings & {
  /** Read at each start of a process. */
  readonly mongodbUri: () => string
  /** Keeps the logs of ended processes. */
  readonly logFile: string
  readonly problems: Problems
}

/** One process and the client that calls it. */
export type Running = {
  readonly service: ServiceProcess
  readonly client: WireClient
  /** Resolves when the process has exited and its log was read. */
  readonly ended: Promise<void>
}

/**
 * Several processes of the service on one database. A killed process is replaced at once, on another port.
 */
export class Services {
  readonly #options: ServicesOptions
  readonly #running: Running[] = []
  /** Processes that are allowed to exit. */
  readonly #dismissed = new Set<ServiceProcess>()

  constructor(options: ServicesOptions) {
    this.#options = options
  }

  /** Starts the processes unless they run, and returns when they serve. */
  async start(): Promise<void> {
    if (this.#running.length === 0) await this.listen()
    for (const { service } of this.#running) await service.untilEvent('serving')
  }

  /** Starts the processes and returns when they listen, with or without a database. */
  async listen(): Promise<void> {
    const { count = 2 } = this.#options
    for (let place = 0; place < count; place++) await this.#launch(place)
  }

  /** The processes and their clients, in order. */
  get all(): readonly Running[] {
    return this.#running
  }

  /** The client of a random process, running or not. */
  anyClient(random: Random): WireClient {
    return this.#any(random).client
  }

  /** Kills a random process with SIGKILL, starts it again at once, and returns when it listens. */
  async crash(random: Random): Promise<void> {
    const victim = this.#any(random)
    const place = this.#running.indexOf(victim)
    this.#dismissed.add(victim.service)
    await victim.service.kill()
    await this.#launch(place)
    victim.client.close()
    await victim.ended
  }

  /** Stops all processes in order. Their logs are then complete. */
  async stop(): Promise<void> {
    for (const { service, client, ended } of this.#running.splice(0)) {
      client.close()
      // The exit of an earlier process is already reported.
      if (!service.hasExited) {
        this.#dismissed.add(service)
        await service.stop().catch((error: unknown) => this.#failed(String(error)))
      }
      await ended
    }
  }

  #any(random: Random): Running {
    const any = this.#running[random.below(this.#running.length)]
    if (!any) throw new Error('no service runs')
    return any
  }

  async #launch(place: number): Promise<void> {
    const { mongodbUri, env, envOf, token = signToken() } = this.#options
    const service = new ServiceProcess({ MONGODB_URI: mongodbUri(), JWT_SECRET, ...env, ...envOf?.(place) })
    const ended = service.untilExit().then(async (code) => {
      if (!this.#dismissed.has(service)) this.#failed(`the service ended by itself with code ${code}`)
      await this.#readLog(service)
    })
    try {
      await service.untilEvent('listening')
    } catch (error) {
      await service.kill()
      throw error
    }
    this.#running[place] = { service, client: new WireClient(service.grpcAddress, token), ended }
  }

  /** Keeps the output of the process. A logged error is a problem. */
  async #readLog({ stdout, stderr, events }: ServiceProcess): Promise<void> {
    await appendFile(this.#options.logFile, `${stdout}${stderr}`)
    for (const event of events) {
      if (event['level'] === 'error' || event['level'] === 'fatal') this.#failed(JSON.stringify(event))
    }
  }

  #failed(detail: string): void {
    this.#options.problems.found({ kind: 'PROCESS', detail })
  }
}
