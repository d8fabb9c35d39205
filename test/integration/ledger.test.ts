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

    it('finds nothing when nothing is asked', async () => {
      expect(await ledger.find([])).to.deep.equal([])
    })

    it('gives entries of every kind back as they were appended', async () => {
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

    it('gives entries of several accounts at once', async () => {
      const [one, other] = [history(), history()]
      await ledger.append([...one, ...other])
      const asked = [...one.slice(0, 1), ...other.slice(2)]
      expect(await ledger.find(asked)).to.have.deep.members(asked)
    })

    it('does not find the id of one account in another', async () => {
      const [one, other] = [history(), history()]
      await ledger.append([...one, ...other])
      const transactionId = one[0]?.transactionId ?? ''
      expect(await ledger.find([{ accountId: other[0]?.accountId ?? '', transactionId }])).to.deep.equal([])
    })
  })

  describe('missing', () => {
    it('are all while nothing is there', async () => {
      const entries = history()
      expect(await ledger.missing(entries)).to.deep.equal(entries)
    })

    it('are those that are not there', async () => {
      const entries = history()
      await ledger.append(entries.slice(0, 2))
      expect(await ledger.missing(entries)).to.deep.equal(entries.slice(2))
    })

    it('is an entry whose id is at another seq', async () => {
      const [first, ...rest] = history()
      if (!first) throw new Error('a history has a first entry')
      await ledger.append([{ ...first, seq: 9n }])
      expect(await ledger.missing([first, ...rest])).to.deep.equal([first, ...rest])
    })
  })

  describe('append', () => {
    it('reports no discrepancy when everything is new', async () => {
      expect(await ledger.append(history())).to.deep.equal([])
    })

    it('reports no discrepancy when all entries exist', async () => {
      const entries = history()
      await ledger.append(entries)
      expect(await ledger.append(entries)).to.deep.equal([])
    })

    it('keeps each entry once, however often it comes', async () => {
      const entries = history()
      await ledger.append(entries)
      await ledger.append(entries)
      expect(await countOf(entries)).to.equal(entries.length)
    })

    it('keeps each entry once when four append at the same time', async () => {
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

    it('appends nothing when there is nothing to append', async () => {
      expect(await ledger.append([])).to.deep.equal([])
    })
  })

  describe('append, when the ledger was damaged', () => {
    it('reports the entry whose place another has', async () => {
      const [first, ...more] = history()
      const usurper = { ...first, transactionId: 'usurper' } as Entry
      await ledger.append([usurper])
      expect(seqsOf(await ledger.append([first as Entry, ...more]))).to.deep.equal([1n])
    })

    it('reports the entry whose id is at another seq', async () => {
      const [first, ...more] = history()
      const misplaced = { ...first, seq: 9n } as Entry
      await ledger.append([misplaced])
      expect(seqsOf(await ledger.append([first as Entry, ...more]))).to.deep.equal([1n])
    })

    it('adds the others all the same', async () => {
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
