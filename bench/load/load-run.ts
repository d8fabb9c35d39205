import { setTimeout as wait } from 'node:timers/promises'
import { type CallEnd, NO_ANSWER } from '../h2/call-end.js'
import { Books } from './books.js'
import { type Answer, Call, type CallTimes } from './call.js'
import { ClosedPace } from './closed-pace.js'
import { CALL_TIMEOUT_MS, type LoadJob } from './job.js'
import { Measurement } from './measurement.js'
import { OpenPace } from './open-pace.js'
import { openTransport } from './open-transport.js'
import type { Pace, Sender } from './pace.js'
import { Purchases } from './purchases.js'
import type { LoadResult } from './result.js'
import type { Transport } from './transport.js'

/** Runs a job; fails when a call has no answer because a connection or a stream did not last. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const transport = await openTransport(job)
  try {
    return await new LoadRun(job, transport).result()
  } finally {
    transport.close()
  }
}

/** One run: sends what the workload gives at the pace of its shape, and keeps the books. */
class LoadRun implements Sender {
  readonly measurement: Measurement
  readonly #job: LoadJob
  readonly #transport: Transport
  readonly #pace: Pace
  readonly #purchases: Purchases
  readonly #books = new Books()
  readonly #failure = new AbortController()
  #underWay = 0
  #isOver = false
  #onIdle: () => void = () => {}

  constructor(job: LoadJob, transport: Transport) {
    this.#job = job
    this.measurement = new Measurement(job.windowMs)
    this.#transport = transport
    this.#purchases = new Purchases(job.workload)
    this.#pace = paceOf(job, this)
  }

  get underWay(): number {
    return this.#underWay
  }

  send(times: CallTimes): void {
    const purchase = this.#purchases.next()
    this.#books.sent(purchase)
    this.#underWay++
    this.#transport.send(new Call(purchase, times, this.#ended))
  }

  async result(): Promise<LoadResult> {
    try {
      await this.#measure()
    } finally {
      for (const arrivedAt of this.#pace.stop()) this.measurement.neverSent(arrivedAt)
    }
    await this.#drain()
    const windows = this.measurement.windows()
    const { renewals } = this.#transport
    return {
      measured: this.measurement.window(),
      whole: this.#books.whole(this.#purchases.ids),
      ...(windows && { windows }),
      ...(renewals && { renewals }),
      generator: this.measurement.generator(),
    }
  }

  async #measure(): Promise<void> {
    const { warmupMs, durationMs } = this.#job.shape
    this.#pace.start()
    await this.#pass(warmupMs)
    this.measurement.begin(performance.now())
    await this.#pass(durationMs)
    this.measurement.finish(performance.now())
  }

  /** Lets time pass; fails as soon as the run has failed. */
  async #pass(durationMs: number): Promise<void> {
    const { signal } = this.#failure
    await wait(durationMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }

  /** Waits for what is under way; what does not end in time is cut off, and stands in the books as unknown. */
  async #drain(): Promise<void> {
    this.#isOver = true
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve
      if (this.#underWay === 0) resolve()
    })
    const timeoutMs = this.#job.callTimeoutMs ?? CALL_TIMEOUT_MS
    await Promise.race([idle, wait(timeoutMs, undefined, { ref: false })])
    this.#transport.close()
  }

  readonly #ended = (call: Call, end: CallEnd, answer: Answer | undefined): void => {
    this.#underWay--
    if (answer) this.#books.answered(call.purchase, answer)
    else this.#books.failed(call.purchase, end)
    this.measurement.ended(call.times, { isOk: answer !== undefined })
    if (this.#isOver) this.#endedAfterwards()
    else if (end.status === NO_ANSWER) this.#failure.abort(new Error(end.message))
    else this.#pace.ended()
  }

  #endedAfterwards(): void {
    if (this.#underWay === 0) this.#onIdle()
  }
}

function paceOf({ shape, workload }: LoadJob, sender: Sender): Pace {
  return shape.type === 'closed'
    ? new ClosedPace(shape, sender)
    : new OpenPace(shape, { sender, seed: workload.seed })
}
