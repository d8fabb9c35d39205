import { setImmediate as turn } from 'node:timers/promises'
import { Metadata, status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { type ClearingLine, clearingColumns } from '../../../cli/clearing/clearing-file.js'
import { ClearingSender, type ClearingStream } from '../../../cli/clearing/clearing-sender.js'
import { ServiceFailure } from '../../../cli/service/service-failure.js'
import { Decision, Reason, Retry } from '../../../src/gen/benefits/v1/authorization.js'
import type { BookStreamRequest, BookStreamResponse } from '../../../src/gen/benefits/v1/card_rail.js'
import { Random } from '../../../tools/random.js'

/** How a stream fails, and how often: the share of its answers in percent. */
type Faults = {
  readonly lost?: number
  readonly broken?: number
  readonly busy?: number
  readonly status?: status
}

// Made of all columns.
const emptyCells = Object.fromEntries(clearingColumns.map((column) => [column, ''])) as ClearingLine['cells']

/** Captures of these purchases, one line each. */
function capturesOf(purchases: readonly string[]): readonly ClearingLine[] {
  return purchases.map((purchaseId, index) => {
    const ids = { accountId: 'ana', transactionId: `line-${index}` }
    const named = {
      ...{ account: 'ana', transaction_id: ids.transactionId },
      original: purchaseId,
      mcc: '5411',
    }
    return {
      ...{ line: index + 2, kind: 'capture', ...ids, purchaseId, amount: 100n },
      cells: { ...emptyCells, ...named },
    }
  })
}

/** Books captures in memory: each id once. Its streams answer late, in any order, and fail. */
class BookingDesk {
  readonly booked = new Map<string, string>()
  streams = 0
  readonly #random: Random
  readonly #faults: Faults

  constructor(random: Random, faults: Faults = {}) {
    this.#random = random
    this.#faults = faults
  }

  readonly open = async (): Promise<ClearingStream> => {
    this.streams += 1
    const waiting: (readonly [bigint, BookStreamRequest])[] = []
    let index = 0n
    let isEnded = false
    return {
      write: (request) => {
        waiting.push([index, request])
        index += 1n
      },
      end: () => {
        isEnded = true
      },
      cancel: () => {},
      answers: async (onAnswer) => {
        while (!isEnded || waiting.length > 0) {
          await turn()
          const [next] = waiting.splice(this.#random.below(waiting.length), 1)
          if (next) this.#answer(next, onAnswer)
        }
      },
    }
  }

  #answer([index, request]: readonly [bigint, BookStreamRequest], on: (answer: BookStreamResponse) => void) {
    const { lost = 0, broken = 0, busy = 0, status: code = status.UNAVAILABLE } = this.#faults
    if (this.#random.chance(broken / 100)) throw failureOf(code)
    if (this.#random.chance(busy / 100)) return on(errorOf(index, status.RESOURCE_EXHAUSTED))
    const answer = this.#book(index, request)
    if (this.#random.chance(lost / 100)) throw failureOf(status.UNAVAILABLE)
    on(answer)
  }

  #book(index: bigint, { line }: BookStreamRequest): BookStreamResponse {
    if (line?.$case !== 'capture') throw new Error('only captures')
    const { transactionId, originalTransactionId, amount } = line.value
    if (originalTransactionId === 'wrong') return errorOf(index, status.INVALID_ARGUMENT)
    const replayed = this.booked.has(transactionId)
    this.booked.set(transactionId, originalTransactionId)
    const isKnown = originalTransactionId !== 'unknown'
    const value = {
      ...{ transactionId, code: isKnown ? '00' : '07', iso8583Code: isKnown ? '00' : '14' },
      decision: isKnown ? Decision.APPROVED : Decision.DECLINED,
      reason: isKnown ? Reason.CAPTURED_LATE : Reason.ACCOUNT_NOT_FOUND,
      ...{ retry: Retry.NEVER, category: 'FOOD', balance: 0n, replayed, decidedAt: new Date() },
      ...{ capturedAmount: amount, owedAmount: 40n, releasedAmount: 0n },
    }
    return { index, transactionId, outcome: { $case: 'capture', value } }
  }
}

function errorOf(index: bigint, code: status): BookStreamResponse {
  const value = { code, message: 'said so', details: [] }
  return { index, transactionId: '', outcome: { $case: 'error', value } }
}

function failureOf(code: status): ServiceFailure {
  const error = Object.assign(new Error(), { code, details: 'broken', metadata: new Metadata() })
  return new ServiceFailure(error, { message: `failed: ${status[code]}`, isTokenExpired: false })
}

/** A stream without answers, until the sender cancels it. */
async function silentStream(): Promise<ClearingStream> {
  let cancel = () => {}
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => reject(failureOf(status.CANCELLED))
  })
  return { write: () => {}, end: () => {}, cancel, answers: () => cancelled }
}

/** Sends lines to a desk. */
function send(
  lines: readonly ClearingLine[],
  open: () => Promise<ClearingStream>,
  {
    stop = new AbortController(),
    patienceMs = 60_000,
    silenceMsMax = 60_000,
    renew = () => {},
  }: {
    readonly stop?: AbortController
    readonly patienceMs?: number
    readonly silenceMsMax?: number
    readonly renew?: (timeoutMs: number) => void
  } = {},
) {
  const breaks: string[] = []
  const sender = new ClearingSender(lines, {
    open,
    connection: { address: 'here:1', renew, tokens: { areRenewed: true } as never },
    patienceMs,
    firstAnswerMsMax: patienceMs,
    silenceMsMax,
    stop: stop.signal,
    onProgress: () => {},
    onBreak: (reason) => breaks.push(reason),
  })
  return { breaks, done: sender.send() }
}

const seed = Math.floor(Math.random() * 2 ** 32)

describe(`the sender of a clearing file, seed=${seed}`, () => {
  const names = Array.from({ length: 250 }, (_, index) => `p${index % 60}`)
  const allBooked = {
    ...{ booked: 250, alreadyBooked: 0, rejected: [], unsure: 0, notTried: 0 },
    reasons: [{ reason: 'CAPTURED_LATE', lines: 250, amount: 25_000n, owed: 10_000n }],
  }

  for (const [what, faults] of [
    ['a steady service', {}],
    ['a connection that breaks before lines are booked', { broken: 2 }],
    ['a connection that loses answers', { lost: 2 }],
    ['a busy service', { busy: 2 }],
  ] as const) {
    it(`books each line once, each purchase in the order of the file, on ${what}`, async () => {
      const desk = new BookingDesk(new Random(seed), faults)
      const { done, breaks } = send(capturesOf(names), desk.open)
      const { summary, problem } = await done
      expect(problem).to.equal(undefined)
      expect(summary).to.deep.include(allBooked)
      expect(summary.noted.map(({ line }) => line)).to.deep.equal(names.map((_, index) => index + 2))
      for (const name of new Set(names)) {
        const booked = [...desk.booked].filter(([, purchase]) => purchase === name).map(([id]) => id)
        expect(booked).to.deep.equal(names.flatMap((each, index) => (each === name ? [`line-${index}`] : [])))
      }
      expect(breaks.length).to.equal(desk.streams - 1)
    })
  }

  it('ends a stream that falls silent, and sends its lines again over a new connection', async () => {
    const desk = new BookingDesk(new Random(seed))
    const streams = [silentStream(), desk.open()]
    const renewed: number[] = []
    const { done, breaks } = send(
      capturesOf(names),
      async () => (await streams.shift()) ?? (await desk.open()),
      {
        silenceMsMax: 1,
        renew: (timeoutMs) => renewed.push(timeoutMs),
      },
    )
    const { summary, problem } = await done
    expect(problem).to.equal(undefined)
    expect(summary).to.deep.include(allBooked)
    expect(breaks).to.deep.equal(['no answer from here:1 within 0.001 s'])
    expect(renewed).to.deep.equal([1])
  })

  it('counts lines that were booked before', async () => {
    const desk = new BookingDesk(new Random(seed))
    await send(capturesOf(names.slice(0, 100)), desk.open).done
    const { summary } = await send(capturesOf(names), desk.open).done
    expect(summary).to.deep.include({ ...allBooked, booked: 150, alreadyBooked: 100 })
  })

  it('names rejected and declined lines, and books the others', async () => {
    const lines = capturesOf(['good', 'wrong', 'unknown', 'good'])
    const { summary } = await send(lines, new BookingDesk(new Random(seed)).open).done
    expect(summary).to.include({ booked: 2, notTried: 0 })
    expect(
      summary.rejected.map(({ line, reason, description }) => [line, reason, description]),
    ).to.deep.equal([
      [3, '', 'said so'],
      [4, 'ACCOUNT_NOT_FOUND', 'the account was never opened'],
    ])
  })

  it('counts lines that a rejected token was sent with as not sent', async () => {
    const desk = new BookingDesk(new Random(seed), { broken: 100, status: status.PERMISSION_DENIED })
    const { summary, problem } = await send(capturesOf(['a', 'a', 'b']), desk.open).done
    expect(problem?.message).to.equal('failed: PERMISSION_DENIED')
    expect(summary).to.include({ booked: 0, unsure: 0, notTried: 3 })
  })

  for (const code of [status.PERMISSION_DENIED, status.UNAUTHENTICATED, status.UNIMPLEMENTED]) {
    it(`ends at once with ${status[code]}`, async () => {
      const { done } = send(capturesOf(['a', 'b']), () => Promise.reject(failureOf(code)))
      const { summary, problem } = await done
      expect(problem?.message).to.equal(`failed: ${status[code]}`)
      expect(summary).to.include({ booked: 0, unsure: 0, notTried: 2 })
    })
  }

  it('gives up after its patience, and counts sent lines as unknown', async () => {
    const desk = new BookingDesk(new Random(seed), { broken: 100 })
    const { summary, problem } = await send(capturesOf(['a', 'a', 'b']), desk.open, { patienceMs: 0 }).done
    expect(problem?.message).to.equal('failed: UNAVAILABLE')
    expect(summary).to.include({ booked: 0, unsure: 2, notTried: 1 })
  })

  it('stops after the lines already sent', async () => {
    const stop = new AbortController()
    const desk = new BookingDesk(new Random(seed))
    const { done } = send(capturesOf(names), desk.open, { stop })
    stop.abort()
    const { summary, problem } = await done
    expect(problem?.message).to.equal('stopped early')
    expect([summary.booked + summary.notTried, summary.unsure]).to.deep.equal([250, 0])
    expect(summary.booked).to.equal(desk.booked.size)
  })
})
