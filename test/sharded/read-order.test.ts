import { expect } from 'chai'
import { type CommandSucceededEvent, Timestamp } from 'mongodb'
import type { Entry } from '../../src/domain/entry.js'
import { MongoAccountStore } from '../../src/storage/account/mongo-account-store.js'
import { MongoLedger } from '../../src/storage/account/mongo-ledger.js'
import { MongoStatementStore } from '../../src/storage/account/mongo-statement-store.js'
import { ReadOrder } from '../../src/storage/account/read-order.js'
import { accountIdsOn, useClusterDatabase } from '../support/database/cluster-database.js'
import { accountAfter, steps } from '../support/database/example-books.js'
import { commandsSent } from '../support/database/sent-commands.js'

/** Often enough that both mongos have their turn. */
const ROUNDS = 10
/** Postings before each commit, so that their shard's clock is ahead. */
const POSTINGS = 5

describe('reading account and ledger on a sharded cluster', () => {
  const database = useClusterDatabase()
  let accounts: MongoAccountStore
  let ledger: MongoLedger
  let statements: MongoStatementStore
  let ids: readonly string[]

  before(async () => {
    const { db } = database()
    const order = new ReadOrder(db.client)
    accounts = new MongoAccountStore(db, order)
    ledger = new MongoLedger(db, order)
    statements = new MongoStatementStore(db, order)
    ids = [...(await accountIdsOn(db, 'shard-a', 1)), ...(await accountIdsOn(db, 'shard-b', 1))]
    for (const id of ids) {
      const after = accountOf(id)
      const before = { ...after, version: 0n, journal: [] }
      await accounts.commit([{ before, after }])
    }
  })

  it('takes two commands: the account first, then the ledger, no earlier than the account', async () => {
    for (const id of ids) {
      const sent = await commandsSent(database().db.client, ['find', 'aggregate'], () =>
        accounts.loadWithEntries([id], [{ accountId: id, transactionId: 'open' }]),
      )
      expect(sent.map(({ find }) => find)).to.deep.equal(['accounts', 'ledger'])
      expect(sent[0]?.['readConcern']).to.deep.equal({ level: 'majority' })
      expect(sent[1]?.['readConcern']).to.have.property('level', 'majority')
      expect(sent[1]?.['readConcern'].afterClusterTime).to.be.instanceOf(Timestamp)
    }
  })

  it('sees every posted entry in the ledger of either shard, however far the shards have come', async () => {
    const entries = ids.flatMap((id) => accountOf(id).journal)
    // One shard after the other, so that each in turn is behind.
    for (const id of ids) await ledger.append(entries.filter(({ accountId }) => accountId === id))
    const keys = entries.map(keyOf)
    const { accounts: read, entries: found } = await accounts.loadWithEntries(ids, keys)
    expect([...read.keys()]).to.have.members([...ids])
    expect(found.map(keyOf)).to.have.deep.members(keys)
  })

  it('reads entries, reversals and statements no earlier than entries of the account were posted', async () => {
    const [id = ''] = ids
    const key = { accountId: id, transactionId: 'buy' }
    const sent = await commandsSent(database().db.client, ['find'], async () => {
      await ledger.find([key])
      await ledger.findFollowUps([key])
      await statements.page({ accountId: id, beforeSeq: 9n, filter: {}, limit: 9 })
    })
    for (const { readConcern } of sent) expect(readConcern.afterClusterTime).to.be.instanceOf(Timestamp)
    expect(sent).to.have.lengthOf(3)
  })

  describe("through two mongos when one has not seen the other's operation time", () => {
    let here: string
    let there: string

    before(async () => {
      here = (await accountIdsOn(database().db, 'shard-a', 1))[0] ?? ''
      there = (await accountIdsOn(database().db, 'shard-b', 1))[0] ?? ''
    })

    it('gives a commit an operation time after earlier postings, even on another shard', async () => {
      const { journal } = creditedAccount(here, ROUNDS * POSTINGS)
      for (let round = 0; round < ROUNDS; round++) {
        const postedAt = await operationTimeOf(async () => {
          for (const entry of journal.slice(round * POSTINGS, (round + 1) * POSTINGS))
            await ledger.append([entry])
        })
        const opened = creditedAccount(there, Math.max(0, round - 1))
        const before = round === 0 ? { ...opened, version: 0n, journal: [] } : opened
        const committedAt = await operationTimeOf(() =>
          accounts.commit([{ before, after: creditedAccount(there, round) }]),
        )
        expect(committedAt.greaterThan(postedAt), `round ${round}`).to.equal(true)
      }
    })

    it('makes a shard without news answer a read no earlier than the posting on the other', async () => {
      const [other = ''] = await accountIdsOn(database().db, 'shard-a', 1)
      for (const entry of creditedAccount(other, ROUNDS).journal) {
        await ledger.append([entry])
        const found = await ledger.find([keyOf(entry), { accountId: there, transactionId: 'none' }])
        expect(found.map(keyOf)).to.deep.equal([keyOf(entry)])
      }
    })

    /** An account with its opening and so many credits in its journal. */
    function creditedAccount(id: string, credits: number) {
      const credit = (_: unknown, index: number) => steps.credit(`credit-${index}`, 'FOOD', 1n)
      return accountAfter(id, [steps.open('open'), ...Array.from({ length: credits }, credit)])
    }

    /** Returns the operation time of the last command of the work. */
    async function operationTimeOf(work: () => Promise<unknown>): Promise<Timestamp> {
      const { client } = database().db
      const operationTimes: Timestamp[] = []
      const note = ({ reply }: CommandSucceededEvent) => {
        const { operationTime } = Object(reply)
        if (operationTime instanceof Timestamp) operationTimes.push(operationTime)
      }
      client.on('commandSucceeded', note)
      try {
        await work()
      } finally {
        client.off('commandSucceeded', note)
      }
      const last = operationTimes.at(-1)
      if (!last) throw new Error('no command had an operation time')
      return last
    }
  })

  function accountOf(id: string) {
    return accountAfter(id, [
      steps.open('open'),
      steps.credit('credit', 'FOOD', 1_000n),
      steps.purchase('buy', 1n),
    ])
  }

  function keyOf({ accountId, transactionId }: Entry) {
    return { accountId, transactionId }
  }
})
