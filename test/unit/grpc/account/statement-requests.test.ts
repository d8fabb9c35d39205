import { expect } from 'chai'
import type { StatementQuery } from '../../../../src/application/statement.js'
import { type ListTransactionsRequest, TransactionKind } from '../../../../src/gen/benefits/v1/account.js'
import { Decision } from '../../../../src/gen/benefits/v1/authorization.js'
import { writePageToken } from '../../../../src/grpc/pages/page-token.js'
import { callHandler, failHandler } from '../../../support/clients/handler-call.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { CardAccount } from '../../domain/card-account.js'
import { service, unknown } from './account-fixture.js'

describe('GetTransaction', () => {
  const request = (accountId: string, transactionId: string) => ({ accountId, transactionId })

  it('reads an entry', async () => {
    const { transaction } = await callHandler(service().getTransaction, request('a', 'fund'))
    expect(transaction).to.include({ transactionId: 'fund', seq: 2n })
  })

  for (const id of [' expiry hotel', 'expiry hotel']) {
    it(`reads an expiry by its id, with and without the first space: ${JSON.stringify(id)}`, async () => {
      const card = CardAccount.opened({ FOOD: 500n })
      card.hold({ transactionId: 'hotel' })
      card.wait(8).expire('hotel')
      const on = service()
      on.store.put(card.account)
      const { transaction } = await callHandler(on.getTransaction, request(card.account.id, id))
      expect(transaction).to.include({ transactionId: ' expiry hotel', originalTransactionId: 'hotel' })
    })
  }

  for (const id of [' hotel', 'expiry ', '  expiry hotel', ' expiry a b', ` expiry ${'x'.repeat(129)}`]) {
    it(`rejects the id of no entry: ${JSON.stringify(id.slice(0, 20))}`, async () => {
      const { badFields } = await failHandler(service().getTransaction, request('a', id))
      expect(badFields).to.deep.equal(['transaction_id'])
    })
  }

  for (const [what, asked] of [
    ['an id that nobody used', request('a', 'nobody')],
    ['an account that was never heard of', request('x', 'fund')],
    ['an account that nobody opened', request('u', 'buy')],
  ] as const) {
    it(`does not find ${what}`, async () => {
      const { code, info } = await failHandler(service().getTransaction, asked)
      expect([code, info?.reason]).to.deep.equal(['NOT_FOUND', 'TRANSACTION_NOT_FOUND'])
    })
  }

  it('names every invalid field', async () => {
    const { badFields } = await failHandler(service().getTransaction, request('', ''))
    expect(badFields).to.deep.equal(['account_id', 'transaction_id'])
  })
})

describe('ListTransactions', () => {
  const whole = accountAfter('long', [
    steps.open('open'),
    ...Array.from({ length: 9 }, (_, at) => steps.credit(`c-${at}`, 'FOOD', 1n)),
  ])
  const request = (over: Partial<ListTransactionsRequest> = {}): ListTransactionsRequest => ({
    accountId: 'long',
    pageSize: 0,
    pageToken: '',
    startTime: undefined,
    endTime: undefined,
    kind: TransactionKind.UNSPECIFIED,
    category: '',
    decision: Decision.UNSPECIFIED,
    ...over,
  })

  /** A service with an account of ten entries. The journal has only the last. */
  function withLong() {
    const on = service({ older: whole.journal.slice(0, 9).reverse() })
    on.store.put({ ...whole, journal: whole.journal.slice(-1) })
    return on
  }

  /** The requests to the ledger. */
  async function query(over: Partial<ListTransactionsRequest>): Promise<StatementQuery | undefined> {
    const on = withLong()
    await callHandler(on.listTransactions, request(over))
    return on.statementQueries[0]
  }

  it('shows entries newest first', async () => {
    const { transactions } = await callHandler(withLong().listTransactions, request({}))
    expect(transactions.map(({ seq }) => Number(seq))).to.deep.equal([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  })

  it('returns a page token while there are older entries, which leads to them', async () => {
    const { transactions, nextPageToken } = await callHandler(
      withLong().listTransactions,
      request({ pageSize: 4 }),
    )
    expect(transactions.map(({ seq }) => Number(seq))).to.deep.equal([10, 9, 8, 7])
    expect((await query({ pageToken: nextPageToken, pageSize: 4 }))?.beforeSeq).to.equal(7n)
  })

  it('gives no token after the last page, even when it is full', async () => {
    const { transactions, nextPageToken } = await callHandler(
      withLong().listTransactions,
      request({ pageSize: 10 }),
    )
    expect({ count: transactions.length, nextPageToken }).to.deep.equal({ count: 10, nextPageToken: '' })
  })

  it('reads pages of at most 1000', async () => {
    // The entry, and the next one as a sign of more, come from the journal or the ledger.
    expect((await query({ pageSize: 5_000 }))?.limit).to.equal(1_000)
  })

  it('passes every filter on', async () => {
    const startTime = new Date(5)
    const endTime = new Date('2050-01-01')
    const over = {
      startTime,
      endTime,
      kind: TransactionKind.CREDIT,
      category: 'FOOD',
      decision: Decision.APPROVED,
    }
    const filter = {
      startAt: startTime,
      endAt: endTime,
      kind: 'CREDIT',
      wallet: 'FOOD',
      decision: 'APPROVED',
    }
    expect((await query(over))?.filter).to.deep.equal(filter)
  })

  it('filters nothing when no filter is set', async () => {
    expect((await query({}))?.filter).to.deep.equal({})
  })

  for (const kind of ['AUTHORIZATION', 'REVERSAL', 'CREDIT', 'ADMIN'] as const) {
    it(`filters the kind ${kind}`, async () => {
      expect((await query({ kind: TransactionKind[kind] }))?.filter).to.deep.equal({ kind })
    })
  }

  for (const decision of ['APPROVED', 'DECLINED'] as const) {
    it(`filters the decision ${decision}`, async () => {
      expect((await query({ decision: Decision[decision] }))?.filter).to.deep.equal({ decision })
    })
  }

  it('does not find an account that was never opened', async () => {
    const { code, info } = await failHandler(withLong().listTransactions, request({ accountId: 'u' }))
    expect([code, info?.reason]).to.deep.equal(['NOT_FOUND', 'ACCOUNT_NOT_FOUND'])
  })

  const filters: readonly (readonly [string, Partial<ListTransactionsRequest>])[] = [
    ['account', { accountId: 'a' }],
    ['start', { startTime: new Date(1) }],
    ['end', { endTime: new Date(1) }],
    ['kind', { kind: TransactionKind.CREDIT }],
    ['category', { category: 'FOOD' }],
    ['decision', { decision: Decision.APPROVED }],
  ]
  for (const [what, over] of filters) {
    it(`rejects a token of a list with another ${what}`, async () => {
      const on = withLong()
      const { nextPageToken } = await callHandler(on.listTransactions, request({ pageSize: 1 }))
      const { badFields } = await failHandler(
        on.listTransactions,
        request({ pageToken: nextPageToken, ...over }),
      )
      expect(badFields).to.deep.equal(['page_token'])
    })
  }

  const tied = ['long', undefined, undefined, 0, '', 0]
  const wrong: readonly (readonly [string, Partial<ListTransactionsRequest>, string])[] = [
    ['a negative page size', { pageSize: -1 }, 'page_size'],
    ['a malformed token', { pageToken: 'garbage' }, 'page_token'],
    ['a token whose place is not a number', { pageToken: writePageToken('x', tied) }, 'page_token'],
    ['a token without a place', { pageToken: writePageToken('', tied) }, 'page_token'],
    ['a token beyond every place', { pageToken: writePageToken('9'.repeat(19), tied) }, 'page_token'],
    ['a malformed account id', { accountId: 'a b' }, 'account_id'],
    ['a kind that it does not know', { kind: unknown }, 'kind'],
    ['a decision that it does not know', { decision: unknown }, 'decision'],
    // The decoding of seconds outside the calendar.
    ['a start that is not a time', { startTime: new Date(Number.NaN) }, 'start_time'],
    ['an end that is not a time', { endTime: new Date(Number.NaN) }, 'end_time'],
    ['a start before the year 1', { startTime: new Date('0000-12-31T23:59:59.999Z') }, 'start_time'],
    ['an end after the year 9999', { endTime: new Date('+010000-01-01T00:00:00Z') }, 'end_time'],
  ]
  for (const [what, over, field] of wrong) {
    it(`rejects ${what}`, async () => {
      const { code, badFields } = await failHandler(withLong().listTransactions, request(over))
      expect({ code, badFields }).to.deep.equal({ code: 'INVALID_ARGUMENT', badFields: [field] })
    })
  }
})
