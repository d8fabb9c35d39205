import { expect } from 'chai'
import fc from 'fast-check'
import { type Account, applyEntry } from '../../../src/domain/account.js'
import { AccountAudit } from '../../../src/domain/audit.js'
import { auditPurchases } from '../../../src/domain/audit-purchase.js'
import type { Purchase } from '../../../src/domain/decide.js'
import type { Entry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import { decideReversal, type Reversal } from '../../../src/domain/reverse.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { accountAfter, steps } from '../../support/database/example-books.js'
import { at, decideOn, historyOf, purchaseOf } from './builders.js'

/** A switch's message about the purchase tx-1. */
type Message =
  | { readonly buy: Purchase; readonly back?: never }
  | { readonly back: Reversal; readonly buy?: never }

const HELD = 5_000n

/** An account with 50.00 in FOOD, and its state after each message. */
class Books {
  #account: Account = accountAfter('account-1', [steps.open('open'), steps.credit('load', 'FOOD', HELD)])
  readonly past: Entry[] = [...this.#account.journal]

  send({ buy, back }: Message): Verdict<Entry> {
    const history = historyOf(this.#account, this.past)
    const verdict: Verdict<Entry> = buy ? decideOn(history, buy) : decideReversal(history, back, at)
    if (verdict.type !== 'RECORD') return verdict
    this.past.push(verdict.entry)
    this.#account = applyEntry(this.#account, verdict.entry)
    return verdict
  }

  /** The total that FOOD has paid. */
  get paid(): bigint {
    return HELD - (this.#account.wallets.get('FOOD') ?? 0n)
  }

  /** The amount that the limits count as spent that day. */
  get counted(): bigint {
    return this.#account.spent.get('FOOD')?.dayAmount ?? 0n
  }

  /** The discrepancies that an auditor finds. */
  get discrepancies(): readonly string[] {
    const audit = new AccountAudit('account-1', this.#account)
    for (const entry of this.past) audit.add(entry)
    const { discrepancies, followed } = audit.finish()
    const all = [...discrepancies, ...auditPurchases('account-1', followed, this.past)]
    return all.map(({ kind, detail }) => `${kind}: ${detail}`)
  }
}

const buying = (amount: bigint): Message => ({ buy: purchaseOf({ amount: centavos(amount) }) })

function backing(number: number, amount?: bigint, described?: bigint): Message {
  return {
    back: {
      transactionId: `back-${number}`,
      originalId: 'tx-1',
      ...(amount !== undefined && { amount: centavos(amount) }),
      described: described === undefined ? {} : { amount: centavos(described) },
    },
  }
}

/**
 * The total that a switch expects after its messages in this order: an independent implementation of the
 * rules.
 */
function expectedPaid(messages: readonly Message[]): bigint {
  const place = messages.findIndex(({ buy }) => buy !== undefined)
  const amount = messages[place]?.buy?.amount ?? 0n
  const reversals = messages.flatMap(({ back }, index) => (back ? [{ ...back, isEarly: index < place }] : []))
  const early = reversals.filter(({ isEarly }) => isEarly)
  if (early.some((back) => back.amount === undefined || back.amount === back.described.amount)) return 0n
  const due = amount - early.reduce((sum, back) => sum + (back.amount ?? 0n), 0n)
  return reversals
    .filter(({ isEarly }) => !isEarly)
    .map((back): bigint | undefined => back.amount)
    .reduce<bigint>((paid, part = paid) => (part > paid ? paid : paid - part), due < 0n ? 0n : due)
}

const anyAmount = fc.bigInt({ min: 1n, max: 30n })
/** A purchase and up to four reversals of it, some of them full, in their intended order. */
const anyMessages = fc
  .record({
    amount: anyAmount,
    backs: fc.array(fc.record({ amount: fc.option(anyAmount, { nil: undefined }), says: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ amount, backs }) => [
    buying(amount),
    ...backs.map((back, index) => backing(index, back.amount, back.says ? amount : undefined)),
  ])

/** Every order of some messages. */
function ordersOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length < 2) return [all]
  return all.flatMap((first, index) =>
    ordersOf([...all.slice(0, index), ...all.slice(index + 1)]).map((rest) => [first, ...rest]),
  )
}

/** The amount paid after the messages, with some repeated after each one. */
function paidWithRepeats(order: readonly Message[], repeats: readonly number[]): bigint {
  const books = new Books()
  for (const [index, message] of order.entries()) {
    books.send(message)
    for (const which of repeats.filter((place) => place <= index)) books.send(order[which] ?? message)
  }
  return books.paid
}

/** Asserts a property of the books after any messages, in every order. */
function everyOrder(fact: (books: Books, order: readonly Message[]) => void): void {
  fc.assert(
    fc.property(anyMessages, (messages) => {
      for (const order of ordersOf(messages)) {
        const books = new Books()
        for (const message of order) books.send(message)
        fact(books, order)
      }
    }),
    { numRuns: 60 },
  )
}

describe('a purchase and its reversals, in any order', () => {
  it('leave exactly the payment that the switch expects', () => {
    everyOrder((books, order) => {
      expect(books.paid).to.equal(expectedPaid(order))
    })
  })

  it('count for the limits exactly the amount paid', () => {
    everyOrder((books) => {
      expect(books.counted).to.equal(books.paid)
    })
  })

  it('leave books in which an auditor finds nothing wrong', () => {
    everyOrder((books) => {
      expect(books.discrepancies).to.deep.equal([])
    })
  })

  it('return the stored answer when they are repeated, and change nothing', () => {
    everyOrder((books, order) => {
      const { paid } = books
      for (const message of order) {
        const id = (message.buy ?? message.back).transactionId
        const entry = books.past.find(({ transactionId }) => transactionId === id)
        expect(books.send(message)).to.deep.equal({ type: 'REPLAY', entry })
      }
      expect(books.paid).to.equal(paid)
    })
  })

  it('lead to the same result in every order, with or without repeats', () => {
    const sending = fc.record({
      amount: fc.bigInt({ min: 31n, max: 60n }),
      // Less than the purchase in total: the remainder is paid in every order.
      parts: fc.array(fc.bigInt({ min: 1n, max: 10n }), { minLength: 1, maxLength: 3 }),
      full: fc.boolean(),
      repeats: fc.array(fc.nat({ max: 4 }), { maxLength: 6 }),
    })
    fc.assert(
      fc.property(sending, ({ amount, parts, full, repeats }) => {
        const backs = parts.map((part, index) => backing(index, part))
        const messages = [buying(amount), ...backs, ...(full ? [backing(9)] : [])]
        const left = full ? 0n : amount - parts.reduce((sum, part) => sum + part, 0n)
        for (const order of ordersOf(messages)) expect(paidWithRepeats(order, repeats)).to.equal(left)
      }),
      { numRuns: 60 },
    )
  })
})

describe('an early reversal of a part', () => {
  const sent = (...messages: readonly Message[]) => {
    const books = new Books()
    const verdicts = messages.map((message) => books.send(message))
    return { books, said: verdicts.map(textOf) }
  }

  it('reduces the purchase, which is approved for the rest', () => {
    const { books, said } = sent(backing(0, 300n), buying(1_000n))
    expect(said).to.deep.equal(['REVERSED_BEFORE_PURCHASE', 'APPROVED -700'])
    expect(books.past.at(-1)).to.deep.include({ amount: 1_000n })
  })

  it('adds up with others', () => {
    const { said } = sent(backing(0, 300n), backing(1, 100n), buying(1_000n))
    expect(said).to.deep.equal(['REVERSED_BEFORE_PURCHASE', 'REVERSED_BEFORE_PURCHASE', 'APPROVED -600'])
  })

  for (const [what, parts] of [
    ['all of it', [600n, 400n]],
    ['more than it', [600n, 401n]],
  ] as const) {
    it(`declines the purchase when they take ${what}`, () => {
      const { said } = sent(...parts.map((part, index) => backing(index, part)), buying(1_000n))
      expect(said.at(-1)).to.equal('ALREADY_REVERSED')
    })
  }

  it('leaves a centavo to pay when they take all but that', () => {
    const { said } = sent(backing(0, 999n), buying(1_000n))
    expect(said.at(-1)).to.equal('APPROVED -1')
  })

  it('is partial even when it describes a purchase of another amount', () => {
    const { said } = sent(backing(0, 300n, 999n), buying(1_000n))
    expect(said.at(-1)).to.equal('APPROVED -700')
  })

  it('is full when it describes a purchase of exactly its amount', () => {
    const { said } = sent(backing(0, 300n, 300n), buying(1_000n))
    expect(said.at(-1)).to.equal('ALREADY_REVERSED')
  })

  it('may be followed by a full one, which declines the purchase and leaves nothing to reverse', () => {
    const { said } = sent(backing(0, 300n), backing(1), backing(2, 100n), backing(3), buying(1_000n))
    expect(said).to.deep.equal([
      'REVERSED_BEFORE_PURCHASE',
      'REVERSED_BEFORE_PURCHASE',
      'ALREADY_REVERSED',
      'ALREADY_REVERSED',
      'ALREADY_REVERSED',
    ])
  })

  it('limits later reversals', () => {
    const begin = [backing(0, 300n), buying(1_000n)]
    expect(sent(...begin, backing(1, 701n)).said.at(-1)).to.equal('AMOUNT_OVER_REMAINDER')
    expect(sent(...begin, backing(1, 700n)).said.at(-1)).to.equal('APPROVED 700')
    expect(sent(...begin, backing(1)).said.at(-1)).to.equal('APPROVED 700')
    expect(sent(...begin, backing(1, 500n), backing(2)).said.at(-1)).to.equal('APPROVED 200')
    expect(sent(...begin, backing(1), backing(2, 1n)).said.at(-1)).to.equal('ALREADY_REVERSED')
  })

  it('keeps the requested amount in the description of the purchase', () => {
    const begin = [backing(0, 300n), buying(1_000n)]
    expect(sent(...begin, backing(1, 100n, 1_000n)).said.at(-1)).to.equal('APPROVED 100')
    expect(sent(...begin, backing(1, 100n, 700n)).said.at(-1)).to.equal('ORIGINAL_MISMATCH')
  })

  it('lets the purchase be repeated with its requested amount', () => {
    const begin = [backing(0, 300n), buying(1_000n)]
    expect(sent(...begin, buying(1_000n)).said.at(-1)).to.equal('REPLAY APPROVED -700')
    expect(sent(...begin, buying(700n)).said.at(-1)).to.equal('REUSED APPROVED -700')
  })

  it('makes the purchase fit into a wallet that does not hold the whole amount', () => {
    expect(sent(backing(0, 1n), buying(HELD + 1n)).said.at(-1)).to.equal(`APPROVED -${HELD}`)
    expect(sent(backing(0, 1n), buying(HELD + 2n)).said.at(-1)).to.equal('INSUFFICIENT_BALANCE')
  })

  it('makes the purchase fit within the limits, which count the remainder', () => {
    const limited = accountAfter('account-1', [
      steps.open('open'),
      steps.credit('load', 'FOOD', HELD),
      steps.limits('limits', { purchase: 80n, foodDay: 80n }),
      steps.reverse('back', 'tx-1', 20n),
      steps.reverse('back-2', 'tx-2', 20n),
    ])
    const decided = (id: string, amount: bigint) =>
      textOf(
        decideOn(
          historyOf(limited, limited.journal),
          purchaseOf({ transactionId: id, amount: centavos(amount) }),
        ),
      )
    expect(decided('tx-1', 100n)).to.equal('APPROVED -80')
    expect(decided('tx-2', 101n)).to.equal('AMOUNT_OVER_LIMIT')
    expect(decided('tx-3', 81n)).to.equal('AMOUNT_OVER_LIMIT')
  })

  it('does not affect a credit under the same id', () => {
    const account = accountAfter('account-1', [
      steps.open('open'),
      steps.reverse('back', 'load', 20n),
      steps.credit('load', 'FOOD', 100n),
    ])
    expect(account.wallets.get('FOOD')).to.equal(100n)
  })
})

function textOf(verdict: Verdict<Entry>): string {
  if (verdict.type === 'REJECTED') return verdict.rejection
  const { entry } = verdict
  const reason = 'reason' in entry ? entry.reason : entry.kind
  const moved = entry.kind !== 'ADMIN' && entry.movement ? ` ${entry.movement.delta}` : ''
  return `${verdict.type === 'RECORD' ? '' : `${verdict.type} `}${reason}${moved}`
}
