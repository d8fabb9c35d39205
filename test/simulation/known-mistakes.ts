import type { Mistake, Ports } from './mistake.js'

/** Possible mistakes in the engine, the poster or the adapter. The simulation must detect each of them. */
export const knownMistakes: readonly Mistake[] = [
  { name: 'a commit without the version in its filter', ignoresVersion: true },
  {
    name: 'a commit with neither version nor balance in its filter',
    ignoresVersion: true,
    ignoresBalance: true,
  },
  { name: 'reads of what no majority has', readsLocally: true },
  { name: 'a commit answered before a majority has it', commitsEarly: true },
  { name: 'entries counted as posted before a majority has them', postsEarly: true },
  { name: 'the ledger read before the account', between: ledgerFirst, isRare: true },
  { name: 'the ledger not asked whether the id was used before', between: withoutLookUp },
  { name: 'the reversals of a purchase not looked for', between: withoutReversals },
  { name: 'a commit of unknown outcome counted as made', between: ambiguousIsMade },
  { name: 'a failed change of a group counted as made', between: failedIsMade },
  { name: 'the last entry of a batch not posted', between: skippingLast },
  { name: 'an entry posted in the place after its own', between: shiftingPlace },
  { name: 'found entries counted as posted without a look-up', between: nothingMissing },
  {
    name: 'a commit of unknown outcome answered as declined',
    patches: [
      {
        file: 'application/engine/engine.ts',
        text: 'pending.attempts += 1\n',
        instead: `if (error !== undefined) {
      const { accountId, transactionIds } = pending.request
      const account = { ...unopenedAccount(accountId), status: 'BLOCKED' }
      pending.decide({ account, find: () => undefined, followUpsOf: () => [] }, new Date(0))
      pending.answer()
      return
    }
    pending.attempts += 1\n`,
      },
      {
        file: 'application/engine/engine.ts',
        text: "import type { Entry } from '../../domain/entry.js'",
        instead: "import { unopenedAccount } from '../../domain/account.js'",
      },
    ],
  },
  {
    name: 'an answer before the commit',
    patches: [
      {
        file: 'application/engine/group-commit.ts',
        text: 'const results = await this.#tryCommit(changed)',
        instead: `for (const { members } of changed) for (const member of members) member.answer()
    const results = await this.#tryCommit(changed)`,
      },
    ],
  },
  {
    name: 'an answer after a lost race, without another decision',
    patches: [
      {
        file: 'application/engine/group-commit.ts',
        text: "if (result?.type === 'CONFLICT' && copied) {",
        instead: `if (result?.type === 'CONFLICT') {
      for (const member of members) member.answer()
      return []
    }
    if (result?.type === 'CONFLICT' && copied) {`,
      },
    ],
  },
  {
    name: 'an entry dropped from the journal before it is in the ledger',
    patches: [
      {
        file: 'application/engine/group-commit.ts',
        text: 'journal: after.journal.filter(({ seq }) => seq > posted) }',
        instead: 'journal: after.journal.filter(({ seq }) => seq > posted + 1n) }',
      },
    ],
  },
  {
    name: 'a rejection on a stale copy believed',
    isRare: true,
    patches: [
      {
        file: 'application/engine/group-commit.ts',
        text: 'if (copied && member.rejected) unsure.push(member)',
        instead: 'if (copied && member.rejected && false) unsure.push(member)',
      },
    ],
  },
  {
    name: 'two requests on one account decided on the same state',
    patches: [
      {
        file: 'application/engine/group-commit.ts',
        text: 'member.decide(historyOf(after, past), at)',
        instead: 'member.decide(historyOf({ ...before, version: after.version }, past), at)',
      },
    ],
  },
  {
    name: 'a retry decided anew, although the journal has its entry',
    patches: [
      {
        file: 'application/engine/history.ts',
        text: 'account.journal.find((entry) => entry.transactionId === id) ??',
        instead: '',
      },
    ],
  },
  {
    name: 'reversals that only the journal has not seen',
    patches: [
      {
        file: 'application/engine/history.ts',
        text: 'account.journal.filter(isWanted)',
        instead: 'account.journal.filter((entry) => isWanted(entry) && false)',
      },
    ],
  },
  {
    name: 'an early reversal of a part that the purchase does not count',
    patches: [
      { file: 'domain/decide.ts', text: 'delta: -left.due,', instead: 'delta: -asked.purchase.amount,' },
    ],
  },
  {
    name: 'an early reversal of a part that declines the purchase',
    patches: [
      {
        file: 'domain/early-reversals.ts',
        text: 'full || partial >= amount',
        instead: 'full || partial > 0n',
      },
    ],
  },
  {
    name: 'an early reversal of a part in the place of the one before',
    isRare: true,
    patches: [
      {
        file: 'domain/early-reversals.ts',
        text: 'partial: before.partial + amount',
        instead: 'partial: amount',
      },
    ],
  },
  {
    name: 'a reversal advice of a declined purchase that its booking does not leave out',
    patches: [
      {
        file: 'domain/early-reversals.ts',
        text: "reason === 'ORIGINAL_DECLINED' || reason === 'ALREADY_REVERSED') return advice",
        instead: "reason === 'ORIGINAL_DECLINED' || reason === 'ALREADY_REVERSED') return false",
      },
    ],
  },
  {
    name: 'an early reversal of a part that a later one gives back again',
    patches: [
      {
        file: 'domain/reverse.ts',
        text: 'restIn(sums) + spentLeftIn(sums)',
        instead: "original?.kind === 'AUTHORIZATION' ? original.amount - sums.reversed : 0n",
      },
    ],
  },
  {
    name: 'a purchase that does not look for an earlier reversal',
    isRare: true,
    patches: [
      {
        file: 'application/authorize.ts',
        text: 'hasEarlyReversal || hasEarlyCapture ? [transactionId] : []',
        instead: 'hasEarlyReversal || hasEarlyCapture ? [] : [transactionId]',
      },
    ],
  },
  {
    name: 'a copy that sees entries newer than itself',
    isRare: true,
    patches: [
      {
        file: 'application/engine/history.ts',
        text: 'entry.transactionId === id && entry.seq < firstSeq)',
        instead: 'entry.transactionId === id)',
      },
    ],
  },
  {
    name: 'a full journal that takes more entries',
    isRare: true,
    patches: [
      {
        file: 'application/engine/group-commit.ts',
        text: "verdict.type === 'RECORD' && room <= 0",
        instead: 'room < -9_999',
      },
    ],
  },
  {
    name: 'a commit when the time is over',
    patches: [
      {
        file: 'application/engine/pending-request.ts',
        text: 'return this.#caller.budget.remainingMs() >= pauseMs + COMMIT_RESERVE_MS',
        instead: 'return this.#caller.budget.remainingMs() >= pauseMs - 60_000',
      },
    ],
  },
  {
    name: 'entries counted as posted when sent',
    patches: [
      {
        file: 'application/engine/ledger-poster.ts',
        text: 'const rejected = await this.#append(await this.#notPosted(batch))',
        instead: `this.#posted(batch, new Set())
        this.#queue = [...batch, ...this.#queue]
        const rejected = await this.#append(await this.#notPosted(batch))`,
      },
    ],
  },
  {
    name: 'entries forgotten that could not be posted at once',
    patches: [
      {
        file: 'application/engine/ledger-poster.ts',
        text: 'failures += 1\n',
        instead: 'failures += 1\n        this.#queue = this.#queue.slice(batch.length)\n',
      },
    ],
  },
  { name: 'open holds that are added to the stored ones', mergesHolds: true },
  {
    name: 'the rest of a hold counted twice by its final capture',
    patches: [
      {
        file: 'domain/capture.ts',
        text: '{ delta: released, heldDelta: -amount - released }',
        instead: '{ delta: released * 2n, heldDelta: -amount - released }',
      },
    ],
  },
  {
    name: 'a captured hold that expires, because its capture leaves it open',
    patches: [
      {
        file: 'domain/capture.ts',
        text: 'heldDelta: -amount - released })',
        instead: 'heldDelta: -released })',
      },
    ],
  },
  {
    name: 'the flag for early captures forgotten',
    patches: [
      {
        file: 'domain/entry.ts',
        text: "return entry.kind === 'CAPTURE' && entry.reason === 'CAPTURED_UNSEEN'",
        instead: 'return false',
      },
    ],
  },
  {
    name: 'owed money paid by a credit that also becomes available',
    patches: [
      { file: 'domain/credit.ts', text: 'const delta = amount - owedPart', instead: 'const delta = amount' },
    ],
  },
  {
    name: 'a debt of the purchase that its reversal pays out',
    patches: [
      {
        file: 'domain/movement.ts',
        text: 'const cancelled = smaller(spent, smaller(owed, owedOf(account, wallet)))',
        instead: 'const cancelled = smaller(0n, smaller(owed, owedOf(account, wallet)))',
      },
    ],
  },
  {
    name: 'holds that expire before their time',
    patches: [
      {
        file: 'domain/expiry.ts',
        text: '.filter(({ expiresAt }) => expiresAt <= at)',
        instead: '.filter(({ expiresAt }) => expiresAt.getTime() - 1_000 <= at.getTime())',
      },
      {
        file: 'domain/expiry.ts',
        text: 'if (hold.expiresAt > at)',
        instead: 'if (hold.expiresAt.getTime() - 1_000 > at.getTime())',
      },
    ],
  },
  {
    name: 'due holds that do not expire before a decision',
    patches: [
      {
        file: 'application/engine/expire-due.ts',
        text: '.slice(0, Math.max(entriesMax, 0))',
        instead: '.slice(0, 0)',
      },
    ],
  },
  {
    name: 'a sweep that ends holds before their time',
    patches: [
      {
        file: 'application/engine/group-commit.ts',
        text: 'const dueAt = this.#options.clock.now()',
        instead: `const isSweep = group.some(({ request }) => request.lane === 'EXPIRY')
    const dueAt = new Date(this.#options.clock.now().getTime() + (isSweep ? 1_000 : 0))`,
      },
    ],
  },
  {
    name: 'a sweep that books an expiry once more',
    patches: [
      {
        file: 'application/expire-holds.ts',
        text: 'const decide = ({ account }: AccountHistory) => ({',
        instead: `const decide = ({ account }: AccountHistory) => account.journal.at(-1)?.kind === 'EXPIRY' ? {
      type: 'RECORD',
      entry: { ...account.journal.at(-1), seq: account.version + 1n },
    } : ({`,
      },
    ],
  },
  {
    name: 'a sweep that leaves out the account that is overdue longest',
    patches: [
      {
        file: 'application/expire-holds.ts',
        text: 'page.map((account) =>',
        instead: 'page.slice(1).map((account) =>',
      },
    ],
  },
  {
    name: 'days that do not get an expired hold back',
    patches: [{ file: 'domain/expiry.ts', text: '...dayFields(hold.counted, rest),', instead: '' }],
  },
  {
    name: 'a refund to another wallet than the one that paid',
    patches: [
      {
        file: 'domain/refund.ts',
        text: 'routeRefund(catalog, { ...refund, used: sums.wallet })',
        instead: 'routeRefund(catalog, { ...refund, used: undefined })',
      },
    ],
  },
  {
    name: 'a capture that looks for no earlier steps',
    patches: [
      {
        file: 'application/card-rail.ts',
        text: 'isOpen(account, capture.originalId, dueAt) ? [] : [capture.originalId]',
        instead: 'isOpen(account, capture.originalId, dueAt) ? [capture.originalId] : []',
      },
    ],
  },
  {
    name: 'a reversal that gives back what another one has given back',
    patches: [
      {
        file: 'domain/purchase-sums.ts',
        text: 'const left = captured - reversed - refunded',
        instead: 'const left = captured - refunded',
      },
    ],
  },
  {
    name: 'a second capture that is no longer late',
    patches: [
      {
        file: 'domain/purchase-sums.ts',
        text: 'const left = paidAtOnce - confirmed - reversed',
        instead: 'const left = paidAtOnce - reversed',
      },
    ],
  },
  {
    name: 'an increment that the limits do not count',
    patches: [
      {
        file: 'domain/increment.ts',
        text: '    day: spending.day,\n',
        instead: '',
      },
    ],
  },
  {
    name: 'a request forgotten after a lost race',
    patches: [
      {
        file: 'application/engine/engine.ts',
        text: 'this.#lanes.resume(pending)\n',
        instead: 'if (pending.lastError !== undefined) this.#lanes.resume(pending)\n',
      },
    ],
  },
]

function ledgerFirst({ accounts, ledger }: Ports): Ports {
  return {
    ledger,
    accounts: {
      load: (ids) => accounts.load(ids),
      loadWithEntries: async (ids, keys) => {
        const entries = await ledger.find(keys)
        return { accounts: await accounts.load(ids), entries }
      },
      commit: (changes) => accounts.commit(changes),
    },
  }
}

function withoutLookUp({ accounts, ledger }: Ports): Ports {
  return {
    accounts: {
      load: (ids) => accounts.load(ids),
      loadWithEntries: (ids) => accounts.loadWithEntries(ids, []),
      commit: (changes) => accounts.commit(changes),
    },
    ledger: changedLedger(ledger, { find: async () => [] }),
  }
}

function withoutReversals({ accounts, ledger }: Ports): Ports {
  return { accounts, ledger: changedLedger(ledger, { findFollowUps: async () => [] }) }
}

function ambiguousIsMade({ accounts, ledger }: Ports): Ports {
  return {
    ledger,
    accounts: {
      load: (ids) => accounts.load(ids),
      loadWithEntries: (ids, keys) => accounts.loadWithEntries(ids, keys),
      commit: async (changes) => {
        try {
          return await accounts.commit(changes)
        } catch {
          return changes.map(() => ({ type: 'COMMITTED' }))
        }
      },
    },
  }
}

function failedIsMade({ accounts, ledger }: Ports): Ports {
  return {
    ledger,
    accounts: {
      load: (ids) => accounts.load(ids),
      loadWithEntries: (ids, keys) => accounts.loadWithEntries(ids, keys),
      commit: async (changes) => {
        const results = await accounts.commit(changes)
        return results.map((result) => (result.type === 'FAILED' ? { type: 'COMMITTED' } : result))
      },
    },
  }
}

function skippingLast({ accounts, ledger }: Ports): Ports {
  const append: Ports['ledger']['append'] = (entries) => ledger.append(entries.slice(0, -1))
  return { accounts, ledger: changedLedger(ledger, { append }) }
}

function shiftingPlace({ accounts, ledger }: Ports): Ports {
  const append: Ports['ledger']['append'] = (entries) =>
    ledger.append(entries.map((entry) => ({ ...entry, seq: entry.seq + 1n })))
  return { accounts, ledger: changedLedger(ledger, { append }) }
}

function nothingMissing({ accounts, ledger }: Ports): Ports {
  return { accounts, ledger: changedLedger(ledger, { missing: async () => [] }) }
}

function changedLedger(ledger: Ports['ledger'], changed: Partial<Ports['ledger']>): Ports['ledger'] {
  return {
    find: (keys) => ledger.find(keys),
    findFollowUps: (originals) => ledger.findFollowUps(originals),
    append: (entries) => ledger.append(entries),
    missing: (entries) => ledger.missing(entries),
    ...changed,
  }
}
