import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { untilAnswered } from '../crash-test/killer.js'
import { perform } from '../crash-test/operation.js'
import { Problems } from '../crash-test/problems.js'
import { Services } from '../crash-test/services.js'
import { Trial } from '../crash-test/trial.js'
import { until } from '../crash-test/until.js'
import type { FoundMongod } from '../dev/local-mongo/find-mongod.js'
import { type Case, type CaseKind, type CaseName, cases, PASSWORD } from './cases.js'

/** Time for which the database stays ill once the log has named it, in milliseconds. */
const ILL_MS = 8_000
/** Answers before the illness and after it. */
const ANSWERS = 150
/** Acknowledged operations that are asked for once more at the end. */
const REPEATS = 200
const CALL_MS_MAX = 5_000
const PROCESSES = 2

export type ConsultationOptions = {
  readonly name: CaseName
  readonly binary: FoundMongod
  readonly folder: string
  readonly seed: number
  readonly signal: AbortSignal
}

/** What came of one case. */
export type Finding = {
  readonly name: CaseName
  readonly title: string
  /** What the log named, of what it was to name. */
  readonly cause: string
  /** Calls without an answer while it was ill, by their status. */
  readonly unanswered: ReadonlyMap<string, number>
  readonly acknowledged: number
  /** Time from the end of the illness to the first answer, in milliseconds. */
  readonly recoveryMs: number
  readonly problems: Problems
}

/** Lets the database of a service under load misbehave in one way, and looks at what callers and the operator are told. */
export async function consult(options: ConsultationOptions): Promise<Finding> {
  const { name, folder, binary } = options
  const kind: CaseKind = cases[name]
  const problems = new Problems()
  await mkdir(folder, { recursive: true })
  const onCrash = (detail: string) => problems.found({ kind: 'PROCESS', detail })
  const patient = await kind.prepare({ binary, folder, onCrash })
  const trial = new Trial({
    folder,
    mongodbUri: patient.rightUri ?? patient.uri,
    seed: options.seed,
    problems,
    signal: options.signal,
  })
  try {
    const consultation = new Consultation(options, { kind, patient, trial, problems })
    return await (kind.fromTheStart ? consultation.illFromTheStart() : consultation.illMeanwhile())
  } finally {
    await trial.services.stop()
    await patient.end()
  }
}

type Parts = {
  readonly kind: CaseKind
  readonly patient: Case
  readonly trial: Trial
  readonly problems: Problems
}

class Consultation {
  readonly #options: ConsultationOptions
  readonly #parts: Parts

  constructor(options: ConsultationOptions, parts: Parts) {
    this.#options = options
    this.#parts = parts
  }

  /** The services start with a database that is ill already, say so, and serve when it has recovered. */
  async illFromTheStart(): Promise<Finding> {
    const { patient, trial } = this.#parts
    await patient.fallsIll()
    const early = patient.rightUri === undefined ? trial.services : this.#servicesOn(patient.uri)
    await early.listen()
    const unanswered = await this.#knock(early)
    const cause = await this.#untilNamed(early)
    // What is wrong in the configuration can be mended only there.
    if (early !== trial.services) {
      this.#lookForPassword(early)
      await early.stop()
    }
    await patient.recovers()
    const recoveredAtMs = performance.now()
    if (early !== trial.services) await trial.services.listen()
    let recoveryMs = 0
    await trial.underLoad(async () => {
      recoveryMs = performance.now() - recoveredAtMs
      await this.#untilAnswered(ANSWERS)
    })
    return await this.#finding({ cause, unanswered, recoveryMs })
  }

  /** The services have a load when their database falls ill, and go on when it has recovered. */
  async illMeanwhile(): Promise<Finding> {
    const { patient, trial } = this.#parts
    await trial.services.start()
    let cause = ''
    let recoveryMs = 0
    let unanswered: ReadonlyMap<string, number> = new Map()
    await trial.underLoad(async () => {
      await this.#untilAnswered(ANSWERS)
      const before = new Map(trial.asker.unanswered)
      await patient.fallsIll()
      // A full disk does no harm until more room is needed.
      cause = await this.#untilNamed(trial.services)
      await delay(ILL_MS)
      unanswered = difference(trial.asker.unanswered, before)
      await patient.recovers()
      const recoveredAtMs = performance.now()
      await this.#untilAnswered(1)
      recoveryMs = performance.now() - recoveredAtMs
      await this.#untilAnswered(ANSWERS)
    })
    return await this.#finding({ cause, unanswered, recoveryMs })
  }

  async #finding(found: Pick<Finding, 'cause' | 'unanswered' | 'recoveryMs'>): Promise<Finding> {
    const { kind, patient, trial, problems } = this.#parts
    await trial.inspect({ repeats: REPEATS })
    this.#lookForPassword(trial.services)
    await trial.verify(patient.verifyUri)
    const { name } = this.#options
    return { ...found, name, title: kind.title, acknowledged: trial.book.acknowledged, problems }
  }

  #servicesOn(mongodbUri: string): Services {
    const { folder } = this.#options
    const { problems } = this.#parts
    const logFile = join(folder, 'early-services.log')
    return new Services({ mongodbUri, env: {}, count: PROCESSES, logFile, problems })
  }

  /** Calls each process once: it must say UNAVAILABLE. */
  async #knock(services: Services): Promise<ReadonlyMap<string, number>> {
    const statuses = new Map<string, number>()
    for (const { client } of services.all) {
      const operation = { kind: 'open', accountId: 'nobody', id: 'nothing' } as const
      const reply = await perform(client, operation, CALL_MS_MAX)
      const status = reply.type === 'ANSWER' ? 'OK' : reply.status
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status !== 'UNAVAILABLE') this.#found(`a call ended with ${status} before there was a database`)
    }
    return statuses
  }

  /** Waits until the log of every process names one of the causes that are due, and returns what the first one named. */
  async #untilNamed(services: Services): Promise<string> {
    const due: readonly string[] = this.#parts.kind.cause
    let named = ''
    try {
      for (const { service } of services.all) {
        const event = await until(`the log names ${due.join(' or ')}`, () =>
          service.events.find(({ cause }) => typeof cause === 'string' && due.includes(cause)),
        )
        named ||= String(event['cause'])
      }
    } catch (error) {
      this.#found(String(error))
    }
    return named
  }

  #lookForPassword(services: Services): void {
    for (const { service } of services.all) {
      if (`${service.stdout}${service.stderr}`.includes(PASSWORD)) this.#found('the password is in a log')
    }
  }

  async #untilAnswered(count: number): Promise<void> {
    const { trial } = this.#parts
    await untilAnswered({ answers: () => trial.answers, signal: trial.signal }, count)
  }

  #found(detail: string): void {
    this.#parts.problems.found({ kind: 'RULE', detail })
  }
}

function difference(after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>) {
  const counts = Array.from(after, ([status, count]) => [status, count - (before.get(status) ?? 0)] as const)
  return new Map(counts.filter(([, count]) => count > 0))
}
