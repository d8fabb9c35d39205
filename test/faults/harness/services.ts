import { appendFile } from 'node:fs/promises'
import type { Random } from '../../../tools/random.js'
import { type Environment, ServiceProcess } from '../../support/service-process.js'
import { JWT_SECRET, signToken } from '../../support/token.js'
import type { Problems } from './problems.js'
import { until } from './until.js'
import { WireClient } from './wire-client.js'

export type ServicesOptions = {
  readonly mongodbUri: string
  /** What they are told besides. */
  readonly env: Environment
  /** What one of them is told besides, by its place. */
  readonly envOf?: (place: number) => Environment
  /** What they are called with. Default: a token that is good for an hour. */
  readonly token?: string
  /** How many processes, all on one database. */
  readonly count: number
  /** Where the logs of ended processes are kept. */
  readonly logFile: string
  readonly problems: Problems
}

/** One process and the client that calls it. */
export type Running = {
  readonly service: ServiceProcess
  readonly client: WireClient
  /** Ends when the process has ended and its log was read. */
  readonly ended: Promise<void>
}

/** Several processes of the service on one database. Those that are killed come back at once, on another port. */
export class Services {
  readonly #options: ServicesOptions
  readonly #running: Running[] = []
  /** Processes that may end. */
  readonly #dismissed = new Set<ServiceProcess>()

  constructor(options: ServicesOptions) {
    this.#options = options
  }

  /** Starts all of them and returns when they serve. */
  async start(): Promise<void> {
    await this.listen()
    for (const { service } of this.#running) {
      await until('the service serves', () => {
        if (service.hasExited) throw new Error(`the service has ended:\n${service.stdout}${service.stderr}`)
        return service.events.some(({ event }) => event === 'serving')
      })
    }
  }

  /** Starts all of them and returns when they listen, whether they find their database or not. */
  async listen(): Promise<void> {
    for (let place = 0; place < this.#options.count; place++) await this.#launch(place)
  }

  /** The processes and their clients, in order. */
  get all(): readonly Running[] {
    return this.#running
  }

  /** A client of any of the processes, whether it lives or not. */
  anyClient(random: Random): WireClient {
    return this.#any(random).client
  }

  /** Kills any of the processes as nothing can be caught, starts it again at once, and returns when it listens. */
  async crash(random: Random): Promise<void> {
    const victim = this.#any(random)
    const place = this.#running.indexOf(victim)
    this.#dismissed.add(victim.service)
    await victim.service.kill()
    await this.#launch(place)
    victim.client.close()
    await victim.ended
  }

  /** Ends all of them in order. Their logs are complete then. */
  async stop(): Promise<void> {
    for (const { service, client, ended } of this.#running.splice(0)) {
      client.close()
      // One that has ended already has been told of.
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
    const own = { ...env, ...envOf?.(place) }
    const service = new ServiceProcess({ MONGODB_URI: mongodbUri, JWT_SECRET, ...own })
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

  /** Keeps what the process has written; what it calls an error is one. */
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
