import { type Account, type AccountHistory, applyEntry, JOURNAL_MAX } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import { type Entry, type FollowUpEntry, isFollowUp, type TransactionId } from '../../src/domain/entry.js'
import { decideExpiry } from '../../src/domain/expiry.js'
import {
  type AnyVerdict,
  accountText,
  catalogs,
  decideOperation,
  entryText,
  idOf,
  type Operation,
} from './operation.js'
import type { Prehistory } from './prehistory.js'
import { isSame } from './same.js'

/** The account by the rules, without a journal: the entries are stored once, beside it. */
type State = Account

/**
 * One account's history by the rules of the domain, for comparison with the engine: every written entry, in
 * the order of `seq`, and the account after each. An election that rolls entries back removes them here, too.
 */
export class AccountBook {
  readonly #prehistory: Prehistory
  /** After the prehistory, and after each entry since. */
  readonly #states: State[]
  readonly #entries: Entry[] = []
  readonly #seqById = new Map<TransactionId, number>()
  readonly #followUps: FollowUpEntry[] = []
  /** Every operation on an account, by id. */
  readonly #asked = new Map<TransactionId, Operation[]>()

  constructor(prehistory: Prehistory) {
    this.#prehistory = prehistory
    this.#states = [{ ...prehistory.account, journal: [] }]
    for (const operation of prehistory.operations) this.#asked.set(idOf(operation), [operation])
  }

  get id(): AccountId {
    return this.#prehistory.account.id
  }

  /** Number of entries, durable or not. */
  get length(): number {
    return this.#prehistory.entries.length + this.#entries.length
  }

  entry(seq: number): Entry | undefined {
    const before = this.#prehistory.entries.length
    return seq <= before ? this.#prehistory.entries[seq - 1] : this.#entries[seq - before - 1]
  }

  seqOf(id: TransactionId): number | undefined {
    return this.#seqById.get(id) ?? this.#prehistory.seqById.get(id)
  }

  asked(operation: Operation): void {
    const id = idOf(operation)
    const known = this.#asked.get(id)
    if (!known) this.#asked.set(id, [operation])
    else if (!known.includes(operation)) known.push(operation)
  }

  /** Decides an operation by the rules, on the account after so many entries. */
  decide(operation: Operation, { seq, at, version }: { seq: number; at: Date; version: bigint }): AnyVerdict {
    const catalog = version === 2n ? catalogs[1] : catalogs[0]
    return decideOperation(operation, this.#historyAt(seq), at, catalog)
  }

  /** Records a write on top of `before`, and returns what is wrong with it. */
  write(before: Account | undefined, after: Account): string | undefined {
    const had = BigInt(this.length)
    if ((before?.version ?? 0n) !== had) return `version ${before?.version} was overwritten, ${had} was there`
    const first = after.journal[0]?.seq
    if (first === undefined || first > had + 1n) return 'the journal lacks an entry'
    if (after.journal.length > JOURNAL_MAX) return `the journal holds ${after.journal.length} entries`
    for (const [index, entry] of after.journal.entries()) {
      if (entry.seq !== first + BigInt(index)) return `the journal has seq ${entry.seq} in place ${index}`
      const wrong = entry.seq > had ? this.#add(entry) : this.#differs(entry)
      if (wrong !== undefined) return wrong
    }
    if (after.version !== BigInt(this.length)) return `version ${after.version} of ${this.length} entries`
    return this.#compare(after)
  }

  /** Removes everything after so many entries. */
  takeBack(length: number): void {
    while (this.length > length) {
      const entry = this.#entries.pop()
      if (!entry) return
      this.#states.pop()
      this.#seqById.delete(entry.transactionId)
      if (isFollowUp(entry)) this.#followUps.pop()
    }
  }

  #add(entry: Entry): string | undefined {
    const { transactionId } = entry
    const earlier = this.seqOf(transactionId)
    if (earlier !== undefined) return `${transactionId} is decided again, at ${entry.seq} after ${earlier}`
    const wrong = this.#breaksRules(entry)
    if (wrong !== undefined) return wrong
    const state = this.#states.at(-1) ?? this.#prehistory.account
    this.#states.push({ ...applyEntry(state, entry), journal: [] })
    this.#entries.push(entry)
    this.#seqById.set(transactionId, Number(entry.seq))
    if (isFollowUp(entry)) this.#followUps.push(entry)
    return undefined
  }

  /** Returns the fault of an entry that is not the domain's answer to an operation with its id. */
  #breaksRules(entry: Entry): string | undefined {
    const operations = this.#asked.get(entry.transactionId) ?? []
    const versions = entry.kind === 'AUTHORIZATION' ? [entry.catalogVersion ?? 0n] : [1n, 2n]
    const said: AnyVerdict[] = []
    if (entry.kind === 'EXPIRY') {
      const verdict = decideExpiry(this.#historyAt(this.length), entry.originalId, entry.at)
      if (verdict.type === 'RECORD' && isSame(verdict.entry, entry)) return undefined
      said.push(verdict)
    }
    for (const operation of operations) {
      for (const version of versions) {
        const verdict = this.decide(operation, { seq: this.length, at: entry.at, version })
        if (verdict.type === 'RECORD' && isSame(verdict.entry, entry)) return undefined
        said.push(verdict)
      }
    }
    return `${entryText(entry)} is not what the rules say: ${said.map(verdictText).join(' or ')}`
  }

  #differs(entry: Entry): string | undefined {
    const kept = this.entry(Number(entry.seq))
    if (kept === entry || isSame(kept, entry)) return undefined
    return `${entryText(entry)} stands in the journal in the place of ${kept && entryText(kept)}`
  }

  #compare(account: Account): string | undefined {
    for (const part of amounts)
      for (const amount of account[part].values())
        if (amount < 0n) return `an amount below zero: ${accountText(account)}`
    const { journal } = account
    const state = this.#states.at(-1) ?? this.#prehistory.account
    if (isSameAccount(account, state)) return undefined
    return `${accountText(account)} is not what its entries lead to: ${accountText({ ...state, journal })}`
  }

  #historyAt(seq: number): AccountHistory {
    const state = this.#states[seq - this.#prehistory.entries.length] ?? this.#prehistory.account
    const isThen = (entry: Entry | undefined) => entry !== undefined && Number(entry.seq) <= seq
    return {
      account: state,
      find: (id) => {
        const place = this.seqOf(id)
        return place !== undefined && place <= seq ? this.entry(place) : undefined
      },
      followUpsOf: (id) =>
        [...this.#prehistory.followUps, ...this.#followUps].filter(
          (entry) => entry.originalId === id && isThen(entry),
        ),
    }
  }
}

/** Whether two accounts are equal, their journals apart. A missing wallet holds and owes nothing. */
function isSameAccount(one: Account, other: Account): boolean {
  return saysAllOf(one, other) && saysAllOf(other, one)
}

function saysAllOf(one: Account, other: Account): boolean {
  const fields = { one: one as Fields, other: other as Fields }
  for (const name of Object.keys(other)) {
    if (name === 'journal' || amounts.some((one) => one === name)) continue
    if (!isSame(fields.one[name], fields.other[name])) return false
  }
  return amounts.every((part) => hasAllOf(one[part], other[part]))
}

const amounts = ['wallets', 'held', 'owed'] as const

/** The fields of an account, for comparison one by one. */
type Fields = Readonly<Record<string, unknown>>

function hasAllOf(some: Account['wallets'], others: Account['wallets']): boolean {
  for (const [wallet, amount] of others) if ((some.get(wallet) ?? 0n) !== amount) return false
  return true
}

/** A verdict in one line, for people. */
export function verdictText(verdict: AnyVerdict): string {
  return verdict.type === 'REJECTED'
    ? `REJECTED ${verdict.rejection}`
    : `${verdict.type} ${entryText(verdict.entry)}`
}
