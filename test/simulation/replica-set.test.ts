import { expect } from 'chai'
import { applyEntry } from '../../src/domain/account.js'
import type { Entry } from '../../src/domain/entry.js'
import { centavos } from '../../src/domain/money.js'
import { Random } from '../../tools/random.js'
import { prehistoryOf } from './prehistory.js'
import { ReplicaSet, type WriteOutcome } from './replica-set.js'
import { VirtualTime } from './virtual-time.js'

const { account: before, entries } = prehistoryOf('A', 'SHORT')

describe('the simulated replica set', () => {
  let time: VirtualTime
  let replicas: ReplicaSet
  beforeEach(() => {
    time = new VirtualTime()
    const listener = { accountWritten: () => {}, entryInserted: () => {}, takenBack: () => {} }
    const random = new Random(1)
    replicas = new ReplicaSet({ time, random, listener, replicationUs: 100, mistakes: {} })
    replicas.put({ account: before, ledger: entries.slice(0, 3) })
  })

  /** A purchase of one centavo on the account in its first state. */
  const change = (transactionId: string) => {
    const at = new Date(0)
    const movement = { wallet: 'CASH', delta: -1n, balanceAfter: centavos(99n) }
    const said = {
      reason: 'APPROVED',
      amount: centavos(1n),
      mcc: '9999',
      merchant: '',
      effectiveMcc: '9999',
    } as const
    const entry: Entry = {
      kind: 'AUTHORIZATION',
      accountId: 'A',
      transactionId,
      seq: 9n,
      at,
      movement,
      ...said,
    }
    return { before, after: applyEntry(before, entry) }
  }
  const read = (view: 'PRIMARY' | 'FORMER' = 'PRIMARY') =>
    replicas.documents.account('A', replicas.readPlace(view))?.version
  const allHappens = () => {
    while (time.next()) {}
  }

  it('commits one of two changes to the same version', () => {
    expect([replicas.write(change('x')), replicas.write(change('y'))]).to.deep.equal([
      'COMMITTED',
      'CONFLICT',
    ])
  })

  it('shows a commit when a majority has it, and then acknowledges it', () => {
    replicas.write(change('x'))
    const outcomes: WriteOutcome[] = []
    replicas.whenDurable((outcome) => outcomes.push(outcome))
    expect({ version: read(), outcomes }).to.deep.equal({ version: 8n, outcomes: [] })
    allHappens()
    expect({ version: read(), outcomes }).to.deep.equal({ version: 9n, outcomes: ['DURABLE'] })
  })

  it('keeps majority commits through an election, and acknowledges no others', () => {
    replicas.write(change('x'))
    replicas.whenDurable(() => {})
    allHappens()
    const outcomes: WriteOutcome[] = []
    replicas.insert(entries[3] ?? expect.fail())
    replicas.whenDurable((outcome) => outcomes.push(outcome))
    replicas.failOver(10)
    expect({ isUp: replicas.isUp, outcomes }).to.deep.equal({ isUp: false, outcomes: ['LOST'] })
    allHappens()
    expect({ isUp: replicas.isUp, version: read() }).to.deep.equal({ isUp: true, version: 9n })
  })

  it('rolls a commit without a majority back in some elections', () => {
    const kept = new Set<bigint | undefined>()
    for (let tries = 0; tries < 20; tries++) {
      replicas.write(change(`x${tries}`))
      replicas.failOver(10)
      kept.add(replicas.documents.account('A', replicas.documents.length)?.version)
    }
    expect([...kept].sort()).to.deep.equal([8n, 9n])
  })

  it('still shows earlier majority commits at a former primary', () => {
    replicas.failOver(10)
    allHappens()
    replicas.write(change('x'))
    replicas.whenDurable(() => {})
    allHappens()
    expect([read('FORMER'), read()]).to.deep.equal([8n, 9n])
  })

  it('stores a ledger entry once, and each place in a history once', () => {
    const [, , third = expect.fail(), fourth = expect.fail()] = entries
    expect(replicas.insert(third), 'in the ledger').to.equal(false)
    expect(replicas.insert(fourth), 'new').to.equal(true)
    expect(replicas.insert({ ...fourth, transactionId: 'other' }), 'place taken').to.equal(false)
  })

  it('leaves a write unknown while no member gets it', () => {
    replicas.holdReplication(5_000_000)
    replicas.write(change('x'))
    const outcomes: WriteOutcome[] = []
    replicas.whenDurable((outcome) => outcomes.push(outcome))
    allHappens()
    expect(outcomes).to.deep.equal(['UNSURE'])
    expect(read(), 'afterwards').to.equal(9n)
  })
})
