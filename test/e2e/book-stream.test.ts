import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { type BookAnswer, type BookLine, CardRailClient } from '../support/clients/card-rail-client.js'
import { statusErrorOf } from '../support/clients/rpc-error.js'
import { fundedAccount } from '../support/database/accounts.js'
import { cleanBooks } from '../support/database/verified.js'
import { databaseOf, useService } from '../support/processes/service-fixture.js'

type Line = Partial<BookLine>

const ACCOUNTS = 20
const HOLDS = 60

describe('BookStream', () => {
  const fixture = useService()
  let client: CardRailClient
  before(() => {
    client = new CardRailClient(fixture().service.grpcAddress)
  })
  after(() => client?.close())

  const booking = (account_id: string, transaction_id: string, over: object = {}) => ({
    transaction_id,
    account_id,
    amount: '100',
    mcc: '5411',
    ...over,
  })

  const kinds = ['capture', 'advice', 'refund', 'reversal'] as const
  const kindOf = (answer: BookAnswer) => kinds.find((kind) => answer[kind])
  const answerTo = (answer: BookAnswer) => answer.capture ?? answer.advice ?? answer.refund ?? answer.reversal

  /** Holds purchases of 1.00, and returns a file that clears them: over, under, late, unseen, and given back. */
  async function clearingFile(): Promise<{ readonly accounts: readonly string[]; readonly lines: Line[] }> {
    const opened = Array.from({ length: ACCOUNTS }, () => fundedAccount(fixture().core, { FOOD: 1_000n }))
    const accounts = await Promise.all(opened)
    const lines: Line[] = []
    for (let place = 0; place < HOLDS; place++) {
      const account = accounts[place % ACCOUNTS] ?? ''
      const original_transaction_id = `hold-${place}`
      await client.ask('Authorize', { ...booking(account, original_transaction_id), hold: {} })
      const ofHold = { original_transaction_id }
      lines.push(
        { capture: booking(account, `under-${place}`, { ...ofHold, amount: '60', more_to_come: true }) },
        { capture: booking(account, `over-${place}`, { ...ofHold, amount: '70' }) },
        { capture: booking(account, `unseen-${place}`, { original_transaction_id: `unseen-of-${place}` }) },
        { advice: booking(account, `offline-${place}`, { amount: '10' }) },
        { refund: booking(account, `refund-${place}`, { amount: '5' }) },
        {
          reversal: {
            transaction_id: `reversal-${place}`,
            account_id: account,
            original_transaction_id: `nothing-${place}`,
            advice: true,
          },
        },
      )
    }
    return { accounts, lines }
  }

  it('books a file of some hundred lines whole, and changes nothing when it is sent again', async () => {
    const { accounts, lines } = await clearingFile()
    const first = await client.book(lines, 'transactions:book')
    expect(first.map(({ index }) => Number(index))).to.deep.equal(lines.map((_, index) => index))
    const ids = lines.map((line) => Object.values(line)[0] as { readonly transaction_id: string })
    expect(first.map(({ transaction_id }) => transaction_id)).to.deep.equal(
      ids.map(({ transaction_id }) => transaction_id),
    )
    expect(first.map(kindOf)).to.deep.equal(lines.map((line) => Object.keys(line)[0]))
    expect(new Set(first.map((answer) => answerTo(answer)?.code))).to.deep.equal(new Set(['00']))

    const standing = () => Promise.all(accounts.map((account_id) => client.ask('GetAccount', { account_id })))
    const before = await standing()
    const again = await client.book(lines)
    expect(again.map(answerTo)).to.deep.equal(
      first.map((answer) => ({ ...answerTo(answer), replayed: true })),
    )
    expect(await standing()).to.deep.equal(before)
  })

  it('sums up what a plain calculation gives', async () => {
    const { accounts, lines } = await clearingFile()
    await client.book(lines)
    for (const place of [0, 17, HOLDS - 1]) {
      const account_id = accounts[place % ACCOUNTS] ?? ''
      const { purchase } = await client.ask('GetPurchase', { account_id, transaction_id: `hold-${place}` })
      // The order of the two captures is not known, but their sum is.
      expect(purchase).to.deep.include({ captured_amount: '130', rest_amount: '0', refunded_amount: '0' })
    }
    const perAccount = HOLDS / ACCOUNTS
    const spent = BigInt(perAccount) * (60n + 70n + 100n + 10n - 5n)
    for (const account_id of accounts) {
      const { account } = await client.ask('GetAccount', { account_id })
      const food = account.wallets.find(({ category }) => category === 'FOOD')
      expect(food).to.deep.include({ balance: String(1_000n - spent), held: '0', owed: '0' })
    }
  })

  it('answers a line with its error, and goes on', async () => {
    const account_id = await fundedAccount(fixture().core, { FOOD: 1_000n })
    const good = { advice: booking(account_id, 'good') }
    const answers = await client.book([
      good,
      {},
      { refund: booking(account_id, 'asked', { request: true }) },
      {
        reversal: { transaction_id: 'no-advice', account_id, original_transaction_id: 'x', amount: '1' },
      },
      { capture: booking(account_id, 'no-original') },
      { advice: booking(account_id, 'dollars', { network: { currency: 'USD' } }) },
      { advice: booking('nobody', randomUUID()) },
    ])
    const summary = answers.map(({ transaction_id, error, advice }) => {
      const { code, badFields } = error ? statusErrorOf(error) : { code: advice?.reason, badFields: [] }
      return [transaction_id, code, ...badFields]
    })
    expect(summary.slice(0, 6)).to.deep.equal([
      ['good', 'REASON_ADVISED'],
      ['', 'INVALID_ARGUMENT', 'line'],
      ['asked', 'INVALID_ARGUMENT', 'request'],
      ['no-advice', 'INVALID_ARGUMENT', 'advice'],
      ['no-original', 'INVALID_ARGUMENT', 'original_transaction_id'],
      ['dollars', 'INVALID_ARGUMENT', 'network.currency'],
    ])
    expect(summary[6]?.[1]).to.equal('REASON_ACCOUNT_NOT_FOUND')
    const [reused] = await client.book([{ advice: booking(account_id, 'good', { amount: '101' }) }])
    expect(reused?.error && statusErrorOf(reused.error).info?.reason).to.equal('TRANSACTION_ID_REUSED')
  })

  it('requires the scope of bookings', async () => {
    const failure = await client.book([{}], 'transactions:authorize').catch((error: Error) => error.message)
    expect(failure).to.equal('PERMISSION_DENIED')
  })

  it('leave books in which every centavo is explained', () => cleanBooks(databaseOf(fixture())))
})
