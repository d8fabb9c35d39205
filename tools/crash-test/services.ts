import { appendFile } from 'node:fs/promises'
import { ServiceProcess } from '../../test/support/service-process.js'
import { JWT_SECRET, signToken } from '../../test/support/token.js'
import type { Problems } from './problems.js'
import type { Random } from './random.js'
import { WireClient } from './wire-client.js'

export type ServicesOptions = {
  readonly mongodbUri: string
  /** How many processes, all on one database. */
  readonly count: number
  /** Where the logs of ended processes are kept. */
  readonly logFile: string
  readonly problems: Problems
}

/** One process and the client that calls it. */
type Running = {
  readonly process: ServiceProcess
  readonly client: WireClient
  readonly ended: Promise<void>
}

/** Several processes of the service on one database. Those that are killed come back at once, on another port. */
export class Services {
  readonly #options: ServicesOptions
  readonly #running: Running[] = []
  /** Processes that may end. */
  readonly #dismissed = new Set<ServiceProcess>()

  static async start(options: ServicesOptions): Promise<Services> {
    const services = new Services(options)
    for (let place = 0; place < options.count; place++) await services.#launch(place)
    for (const { process } of services.#running) await process.untilEvent('serving')
    return services
  }

  private constructor(options: ServicesOptions) {
    this.#options = options
  }

  /** A client of any of the processes, whether it lives or not. */
  anyClient(random: Random): WireClient {
    return this.#any(random).client
  }

  /** Kills any of the processes as nothing can be caught, starts it again at once, and returns when it listens. */
  async crash(random: Random): Promise<void> {
    const victim = this.#any(random)
    const place = this.#running.indexOf(victim)
    this.#dismissed.add(victim.process)
    await victim.process.kill()
    await this.#launch(place)
    victim.client.close()
    await victim.ended
  }

  /** Ends all of them in order. Their logs are complete then. */
  async stop(): Promise<void> {
    for (const { process, client, ended } of this.#running.splice(0)) {
      this.#dismissed.add(process)
      client.close()
      await process.stop().catch((error: unknown) => this.#processFailed(String(error)))
      await ended
    }
  }

  #any(random: Random): Running {
    const any = this.#running[random.below(this.#running.length)]
    if (!any) throw new Error('no service runs')
    return any
  }

  async #launch(place: number): Promise<void> {
    const process = new ServiceProcess({ MONGODB_URI: this.#options.mongodbUri, JWT_SECRET })
    const ended = process.untilExit().then(async (code) => {
      if (!this.#dismissed.has(process)) this.#processFailed(`the service ended by itself with code ${code}`)
      await this.#readLog(process)
    })
    await process.untilEvent('listening')
    this.#running[place] = { process, client: new WireClient(process.grpcAddress, signToken()), ended }
  }

  /** Keeps what the process has written; what it calls an error is one. */
  async #readLog(process: ServiceProcess): Promise<void> {
    await appendFile(this.#options.logFile, `${process.stdout}${process.stderr}`)
    for (const event of process.events) {
      if (event['level'] === 'error' || event['level'] === 'fatal') this.#processFailed(JSON.stringify(event))
    }
  }

  #processFailed(detail: string): void {
    this.#options.problems.found({ kind: 'PROCESS', detail })
  }
}
