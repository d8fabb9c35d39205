import { expect } from 'chai'
import type { Document } from 'mongodb'
import { accountDocument } from '../../src/storage/account/account-document.js'
import { ledgerDocument } from '../../src/storage/account/ledger-document.js'
import { callWithBytes } from '../support/clients/bytes-call.js'
import { methodNamed } from '../support/clients/contract.js'
import { longBooks } from '../support/database/long-history.js'
import { useService } from '../support/processes/service-fixture.js'

const COUNT = 1_000
/** A subject that was valid before subjects had a limit. */
const changed_by = 's'.repeat(5_000)
const changed_at = new Date()

type Page = Readonly<Record<string, readonly { readonly id: string; readonly transaction_id: string }[]>> & {
  readonly next_page_token: string
}

/** Clients of gRPC accept messages of 4 MiB by default, and these clients use the default. */
describe('a list that exceeds one message', () => {
  const fixture = useService()

  /** Every page of a list, each of the maximum size. */
  async function pagesOf(service: string, name: string, request: object = {}): Promise<readonly Page[]> {
    const { path, requestSerialize } = methodNamed<object, Page>(`benefits.v1.${service}`, name)
    const pages: Page[] = []
    do {
      const page_token = pages.at(-1)?.next_page_token ?? ''
      const bytes = requestSerialize({ ...request, page_size: COUNT, page_token })
      const { answers, error } = await callWithBytes<Page>(fixture().service.grpcAddress, path, [bytes])
      expect(error, `page ${pages.length + 1} of ${name}`).to.equal(undefined)
      pages.push(...answers)
    } while (pages.at(-1)?.next_page_token !== '')
    return pages
  }

  async function insert(collection: string, documents: readonly Document[]): Promise<void> {
    const { core, env } = fixture()
    await core.client
      .db(env['MONGODB_DATABASE'])
      .collection(collection)
      .insertMany([...documents])
  }

  const ids = (kind: string) =>
    Array.from({ length: COUNT }, (_, at) => `${kind}-${String(at).padStart(4, '0')}`)

  it('returns 1,000 accounts of 64 limited wallets on several pages', async () => {
    const wallets = Array.from({ length: 64 }, (_, at) => `A_BENEFIT_OF_${at}`)
    const ofEach = <Value>(value: Value) => Object.fromEntries(wallets.map((wallet) => [wallet, value]))
    const most = 2n ** 63n - 1n
    const accounts = ids('account').map((_id) => ({
      _id: _id as never,
      status: 'ACTIVE',
      wallets: ofEach(most),
      limits: { purchase: most, wallets: ofEach({ day: most, month: most }) },
      spent: ofEach({ day: '2026-11-23', day_amount: most, month_amount: most }),
      version: 1n,
      journal: [{}],
      created_at: changed_at,
      updated_at: changed_at,
    }))
    await insert('accounts', accounts)
    const pages = await pagesOf('AccountService', 'ListAccounts')
    expect(pages.flatMap(({ accounts: on = [] }) => on.map(({ id }) => id))).to.deep.equal(ids('account'))
    expect(pages.length).to.be.within(2, 30)
  })

  it('returns 1,000 entries with subjects of 5,000 characters on several pages', async () => {
    const { account, ledger } = longBooks('long', COUNT)
    const entries = [...ledger, ...account.journal.slice(-10)].map((entry) => ({
      ...entry,
      ...(entry.kind === 'ADMIN' && { subject: changed_by.repeat(3) }),
    }))
    await insert('accounts', [accountDocument(account)])
    await insert('ledger', entries.map(ledgerDocument))
    const pages = await pagesOf('AccountService', 'ListTransactions', { account_id: 'long' })
    const seen = pages.flatMap(({ transactions = [] }) => transactions.map((one) => one.transaction_id))
    expect(seen).to.deep.equal(ids('').map((_, at) => `tx-${COUNT - at}`))
    expect(pages.length).to.be.within(2, 30)
  })

  it('returns 1,000 merchant rules with subjects of 5,000 characters on several pages, and in an export', async () => {
    const rules = ids('rule').map((_id) => {
      const rule = { version: 1n, match: 'EXACT', name: _id, mcc: '5411', slot: { name: _id } }
      return { _id: _id as never, ...rule, changed_at, changed_by }
    })
    await insert('merchant_rules', rules)
    const pages = await pagesOf('MerchantRuleService', 'ListMerchantRules')
    const seen = pages.flatMap(({ merchant_rules = [] }) => merchant_rules.map(({ id }) => id))
    expect(seen).to.deep.equal(ids('rule'))
    expect(pages.length).to.be.within(2, 30)

    const path = '/benefits.v1.MerchantRuleService/ExportMerchantRules'
    const { answers, error } = await callWithBytes<Page>(fixture().service.grpcAddress, path, [
      Buffer.alloc(0),
    ])
    expect(error).to.equal(undefined)
    expect(answers.flatMap(({ merchant_rules = [] }) => merchant_rules)).to.have.lengthOf(COUNT)
  })

  it('returns 1,000 categories with subjects of 5,000 characters on several pages', async () => {
    const categories = ids('C').map((id, order) => {
      const category = { display_name: id, mccs: [], order, free: false, credits_closed: false }
      return { _id: id.replace('-', '_') as never, version: 1n, ...category, changed_at, changed_by }
    })
    await insert('categories', categories)
    const pages = await pagesOf('CategoryService', 'ListCategories')
    const seen = pages.flatMap(({ categories: on = [] }) => on.map(({ id }) => id))
    expect(new Set(seen).size).to.equal(COUNT + 3)
    expect(seen).to.have.lengthOf(COUNT + 3)
    expect(pages.length).to.be.within(2, 30)
  })
})
