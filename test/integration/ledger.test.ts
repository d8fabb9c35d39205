import { expect } from 'chai'
import { type Account, applyEntry } from '../../src/domain/account.js'
import type { Entry } from '../../src/domain/entry.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { credit, debit, decline, newAccount, opening } from '../support/database/account-changes.js'
import { useDatabase } from '../support/database/database-fixture.js'

/** A history with an entry of every kind. */
function history(): readonly Entry[] {
  let account: Account = newAccount()
  for (const make of [
    opening,
    (before: Account) => credit(before, 'CASH', 1_000n),
    (before: Account) => debit(before, 'CASH', 300n),
    decline,
  ]) {
    account = applyEntry(account, make(account))
  }
  return account.journal
}

const seqsOf = (entries: readonly Entry[]) => entries.map(({ seq }) => seq)

describe('MongoLedger', () => {
  const database = useDatabase()
  let ledger: MongoLedger
  before(async () => {
    await ensureSchema(database())
    ledger = new MongoLedger(database())
  })

  const countOf = (entries: readonly Entry[]) =>
    database().collection('ledger').countDocuments({ '_id.account': entries[0]?.accountId })

  describe('find', () => {
    it('finds no missing entries', async () => {
      expect(await ledger.find(history())).to.deep.equal([])
    })

    it('finds nothing for an empty list of ids', async () => {
      expect(await ledger.find([])).to.deep.equal([])
    })

    it('returns entries of every kind as they were appended', async () => {
      const entries = history()
      await ledger.append(entries)
      expect(await ledger.find(entries)).to.have.deep.members(entries)
    })

    it('returns only the requested entries', async () => {
      const entries = history()
      await ledger.append(entries)
      const asked = entries.slice(1, 3)
      expect(await ledger.find(asked)).to.have.deep.members(asked)
    })

    it('returns entries of several accounts at once', async () => {
      const [one, other] = [history(), history()]
      await ledger.append([...one, ...other])
      const asked = [...one.slice(0, 1), ...other.slice(2)]
      expect(await ledger.find(asked)).to.have.deep.members(asked)
    })

    it('keeps equal ids of different accounts apart', async () => {
      const [one, other] = [history(), history()]
      await ledger.append([...one, ...other])
      const transactionId = one[0]?.transactionId ?? ''
      expect(await ledger.find([{ accountId: other[0]?.accountId ?? '', transactionId }])).to.deep.equal([])
    })
  })

  describe('missing', () => {
    it('returns all entries for an empty ledger', async () => {
      const entries = history()
      expect(await ledger.missing(entries)).to.deep.equal(entries)
    })

    it('returns the missing entries', async () => {
      const entries = history()
      await ledger.append(entries.slice(0, 2))
      expect(await ledger.missing(entries)).to.deep.equal(entries.slice(2))
    })

    it('returns an entry whose id is at another seq', async () => {
      const [first, ...rest] = history()
      if (!first) throw new Error('a history has a first entry')
      await ledger.append([{ ...first, seq: 9n }])
      expect(await ledger.missing([first, ...rest])).to.deep.equal([first, ...rest])
    })
  })

  describe('append', () => {
    it('reports no discrepancy for new entries', async () => {
      expect(await ledger.append(history())).to.deep.equal([])
    })

    it('reports no discrepancy for existing entries', async () => {
      const entries = history()
      await ledger.append(entries)
      expect(await ledger.append(entries)).to.deep.equal([])
    })

    it('stores each entry once, however often it is appended', async () => {
      const entries = history()
      await ledger.append(entries)
      await ledger.append(entries)
      expect(await countOf(entries)).to.equal(entries.length)
    })

    it('stores each entry once when four append at the same time', async () => {
      const entries = history()
      await Promise.all(Array.from({ length: 4 }, () => ledger.append(entries)))
      expect(await countOf(entries)).to.equal(entries.length)
    })

    it('adds entries that are missing between existing ones', async () => {
      const entries = history()
      await ledger.append(entries.slice(1, 3))
      await ledger.append(entries)
      expect(await ledger.find(entries)).to.have.deep.members(entries)
    })

    it('appends nothing for an empty list', async () => {
      expect(await ledger.append([])).to.deep.equal([])
    })
  })

  describe('append to a damaged ledger', () => {
    it('reports an entry whose place is taken by another', async () => {
      const [first, ...more] = history()
      const usurper = { ...first, transactionId: 'usurper' } as Entry
      await ledger.append([usurper])
      expect(seqsOf(await ledger.append([first as Entry, ...more]))).to.deep.equal([1n])
    })

    it('reports an entry whose id is at another seq', async () => {
      const [first, ...more] = history()
      const misplaced = { ...first, seq: 9n } as Entry
      await ledger.append([misplaced])
      expect(seqsOf(await ledger.append([first as Entry, ...more]))).to.deep.equal([1n])
    })

    it('still appends the other entries', async () => {
      const [first, ...more] = history()
      await ledger.append([{ ...first, transactionId: 'usurper' } as Entry])
      await ledger.append([first as Entry, ...more])
      expect(await ledger.find(more)).to.have.deep.members(more)
    })

    it('does not change existing entries', async () => {
      const [first, ...more] = history()
      const usurper = { ...first, transactionId: 'usurper' } as Entry
      await ledger.append([usurper])
      await ledger.append([first as Entry, ...more])
      expect(await ledger.find([usurper])).to.deep.equal([usurper])
    })
  })
})
