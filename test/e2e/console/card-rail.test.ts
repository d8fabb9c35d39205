import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { callApi, useConsole } from '../../support/console/console-pages.js'
import { overflow, violations } from '../../support/console/page-checks.js'
import { cleanBooks } from '../../support/database/verified.js'
import { eventually } from '../../support/eventually.js'
import { databaseOf, useService } from '../../support/processes/service-fixture.js'
import type { ServiceProcess } from '../../support/processes/service-process.js'

const MERCHANT = 'BISTRO DA ESQUINA'

describe('what the card rail sends, in the console', () => {
  const fixture = useService({ SEED_EXAMPLES: 'true' }, { program: 'launcher' })
  const open = useConsole()

  it('shows held money and open holds, and follows a purchase to its end', async () => {
    const { service } = fixture()
    const { book } = await openAccount(service, 'dora', { MEAL: '15000' })
    await book('AuthorizationService/Authorize', { transactionId: 'dinner', amount: '10000', hold: {} })
    const { page, complaints } = await open(service, { at: '#/accounts/dora' })
    await page.getByRole('list', { name: 'MEAL: held and owed' }).getByText('R$100.00 held').waitFor()
    const cells = page.getByRole('row', { name: 'dinner' }).getByRole('cell')
    expect(await cells.allTextContents()).to.have.length(4)
    expect((await cells.nth(1).textContent()) ?? '').to.equal('R$100.00')
    expect((await cells.nth(3).textContent()) ?? '').to.match(/^in 7 days .*202\d/)

    await page.getByRole('rowheader').getByRole('link', { name: 'dinner' }).click()
    await page.getByText('MEAL still holds R$100.00 of it.').waitFor()
    await page.locator('.time-line').getByText('The hold expires').waitFor()
    await page.getByRole('button', { name: 'Reverse' }).click()
    await page.getByLabel('Amount to give back').fill('10')
    await page.getByRole('button', { name: 'Reverse: R$10.00' }).click()
    await page.getByText('R$10.00 went back to MEAL.').waitFor()
    await page.getByText('MEAL still holds R$90.00 of it.').waitFor()

    const original = { originalTransactionId: 'dinner' }
    await book('CardRailService/Increment', { ...original, transactionId: 'more', amount: '2000' })
    await book('CardRailService/Increment', { ...original, transactionId: 'too-much', amount: '900000' })
    await book('CardRailService/Capture', {
      ...original,
      transactionId: 'part',
      amount: '5000',
      moreToCome: true,
    })
    await book('CardRailService/Capture', { ...original, transactionId: 'last', amount: '9000' })
    await book('CardRailService/Refund', { ...original, transactionId: 'back', amount: '1500' })
    await page.reload()
    await page.getByText('MEAL paid R$140.00, and R$15.00 went back.').waitFor()
    expect(await page.locator('.moment-title').allTextContents()).to.deep.equal([
      'Purchase: R$100.00',
      'Reversal: R$10.00',
      'Increment: R$20.00',
      'Increment: R$9,000.00',
      'Capture: R$50.00',
      'Capture: R$90.00Captured beyond the tolerance',
      'Refund: R$15.00',
    ])
    expect(await page.getByText('Insufficient balance').count()).to.equal(1)
    expect(await sumsOn(page)).to.deep.equal({
      Authorized: 'R$100.00',
      'Added by increments': 'R$20.00',
      Captured: 'R$140.00',
      'of it without an authorization': 'R$30.00',
      'Still held': 'R$0.00',
      Released: 'R$10.00',
      'Reversed after it was spent': 'R$0.00',
      Refunded: 'R$15.00',
      'Booked without cover': 'R$0.00',
    })
    await page.getByRole('link', { name: 'Capture: R$90.00' }).click()
    const drawer = page.getByRole('dialog', { name: 'Capture' })
    await drawer.getByText('MEAL paid R$90.00.').waitFor()
    await drawer.getByRole('button', { name: 'Close' }).click()
    await drawer.waitFor({ state: 'detached' })
    await page.getByText('MEAL paid R$140.00, and R$15.00 went back.').waitFor()
    expect(complaints).to.deep.equal([])
  })

  it('leads from each row that names a purchase to that purchase, and filters by each kind', async () => {
    const { service } = fixture()
    const { book } = await openAccount(service, 'rows', { MEAL: '15000' })
    await book('AuthorizationService/Authorize', { transactionId: 'p', amount: '10000', hold: {} })
    const original = { originalTransactionId: 'p' }
    await book('CardRailService/Increment', { ...original, transactionId: 'increment', amount: '100' })
    await book('AuthorizationService/Reverse', { ...original, transactionId: 'reversal', amount: '100' })
    await book('CardRailService/Capture', { ...original, transactionId: 'capture', amount: '4000' })
    await book('CardRailService/Advise', { transactionId: 'advice', amount: '700' })
    await book('CardRailService/Refund', { ...original, transactionId: 'refund', amount: '500' })
    await book('CardRailService/Refund', { transactionId: 'unlinked', amount: '600' })
    const { page } = await open(service, { at: '#/accounts/rows' })
    await page.getByText('Status: active').waitFor()
    const links = await page.locator('.entry-item .icon-button').all()
    const names = await Promise.all(links.map((link) => link.getAttribute('aria-label')))
    expect(names).to.deep.equal(['p', 'advice', 'p', 'p', 'p', 'p'].map((id) => `All of the purchase ${id}`))
    for (const [filter, kinds] of [
      ['Increments', ['Increment · held +R$1.00']],
      ['Captures', ['Capture · held −R$100.00']],
      ['Advices', ['Advice']],
      ['Refunds', ['Refund · Refunded without its purchase', 'Refund']],
      ['Reversals', ['Reversal · held −R$1.00']],
    ] as const) {
      await page.getByRole('button', { name: filter, exact: true }).click()
      await eventually(`only ${filter.toLowerCase()} are listed`, async () => {
        const rows = await page.locator('.entry-what small').allTextContents()
        return JSON.stringify(rows) === JSON.stringify(kinds)
      })
    }
    await page.getByRole('link', { name: 'All of the purchase p' }).first().click()
    await page.getByText('MEAL paid R$40.00, and R$5.00 went back.').waitFor()
  })

  it('finds a purchase that was never seen, and pays what its wallet owes', async () => {
    const { service } = fixture()
    const { book } = await openAccount(service, 'debtor', { MEAL: '3000' })
    await book('CardRailService/Capture', {
      transactionId: 'forced',
      originalTransactionId: 'never-seen',
      amount: '5000',
    })
    const { page } = await open(service, { at: '#/accounts/debtor' })
    await page.getByText('R$20.00 owed').waitFor()
    await page.getByLabel('Search', { exact: true }).fill('never-seen')
    await page.keyboard.press('Enter')
    await page.locator('.time-line').getByText('Captured before its purchase').waitFor()
    await page.getByText('MEAL paid R$50.00. MEAL did not have R$20.00 of it.').waitFor()
    expect(await sumsOn(page)).to.include({
      Authorized: 'R$0.00',
      Captured: 'R$50.00',
      'Booked without cover': 'R$20.00',
    })

    await page.getByRole('link', { name: 'Account debtor' }).click()
    await page.getByRole('button', { name: 'Load', exact: true }).click()
    await page.getByLabel('Wallet', { exact: true }).selectOption('MEAL')
    await page.getByLabel('Amount').fill('25')
    await page.getByLabel('First pay the R$20.00 that the wallet owes').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Load R$25.00' }).click()
    await page.locator('.wallet', { hasText: 'MEAL' }).getByText('R$5.00', { exact: true }).waitFor()
    await page.getByText('R$20.00 owed').waitFor({ state: 'detached' })
  })

  it('folds up more than eight open holds', async () => {
    const { service } = fixture()
    const { book } = await openAccount(service, 'many-holds', { MEAL: '900' })
    for (let count = 1; count <= 9; count++) {
      const hold = { transactionId: `hold-${count}`, amount: '100', hold: {} }
      await book('AuthorizationService/Authorize', hold)
    }
    const { page } = await open(service, { at: '#/accounts/many-holds' })
    await page.getByText('Show all 9').waitFor()
    expect(await page.getByRole('rowheader').count()).to.equal(0)
    await page.getByText('Show all 9').click()
    await page.getByRole('rowheader', { name: 'hold-9' }).waitFor()
    expect(await page.getByRole('rowheader').count()).to.equal(9)
  })

  it('shows an expiry with its purchase', async () => {
    const { service } = fixture()
    const { accountId, book } = await openAccount(service, 'late', { MEAL: '3000' })
    const hold = { expiresIn: '1s' }
    await book('AuthorizationService/Authorize', { transactionId: 'forgotten', amount: '2000', hold })
    await eventually('the hold is due', async () => {
      const { purchase } = await callApi(service, 'AccountService/GetPurchase', {
        accountId,
        transactionId: 'forgotten',
      })
      return purchase.state === 'PURCHASE_STATE_EXPIRED'
    })
    // The next decision on the account books the expiry.
    await book('AuthorizationService/Authorize', { transactionId: 'next', amount: '100' })
    const { page } = await open(service, { at: '#/accounts/late' })
    await page.getByText('Expiry of forgotten').click()
    await page.getByText('The hold expired: all of its rest went back to MEAL.').waitFor()
    await page.locator('.time-line').getByText('R$20.00 of the hold is available again.').waitFor()
    expect(await page.locator('.moment.later').count()).to.equal(0)

    await page.goto('/#/accounts/late')
    await page.getByRole('searchbox').fill(' expiry forgotten')
    await page.getByRole('searchbox').press('Enter')
    await page
      .getByRole('dialog', { name: 'Expiry' })
      .getByRole('code')
      .getByText('expiry forgotten')
      .waitFor()
  })

  it('edits immediate categories and the hold policy, and simulates a hold', async () => {
    const { service } = fixture()
    await openAccount(service, 'editor', { FOOD: '5000' })
    const { page } = await open(service, { at: '#/simulate?account=editor&amount=10&mcc=5411&hold=yes' })
    await page.getByText('FOOD holds R$10.00 and has R$40.00 left.').waitFor()
    await page.goto('/#/categories')
    await page.getByRole('button', { name: 'Change FOOD' }).click()
    await page.getByLabel('Holds are paid at once').check()
    await page.getByRole('button', { name: 'Save the category' }).click()
    await page.locator('.category', { hasText: 'FOOD' }).getByText('Holds are paid at once').waitFor()
    await page.goto('/#/simulate?account=editor&amount=10&mcc=5411&hold=yes')
    await page.getByText('FOOD pays R$10.00 and has R$40.00 left.').waitFor()

    await page.goto('/#/categories')
    await page.getByRole('button', { name: 'Change the rules for holds' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Days that a hold lasts').fill('40')
    await form.getByRole('button', { name: 'Add a rule' }).click()
    await form.getByRole('button', { name: 'Save the rules for holds' }).click()
    await form.getByText('Write a number from 1 to 31.').waitFor()
    await form.getByText('Write codes of four digits or ranges of them.').waitFor()
    await form.getByLabel('Days that a hold lasts').fill('5')
    const added = form.getByRole('group', { name: 'Rule 2' })
    await added.getByLabel('MCCs').fill('7011 3500-3999')
    await added.getByLabel('Days', { exact: true }).fill('31')
    await added.getByLabel('Tolerance in percent').fill('15')
    await form.getByRole('button', { name: 'Save the rules for holds' }).click()
    await page.getByText('The rules for holds are saved.').waitFor()
    await page.locator('.hold-policy').getByText('31 days').waitFor()
    const { policy } = await callApi(service, 'CategoryService/GetHoldPolicy', {})
    expect(policy).to.deep.equal({
      days: 5,
      rules: [
        { mccs: ['4121', '5812-5814', '7230', '7298'], overPercent: 20 },
        { mccs: ['3500-3999', '7011'], days: 31, overPercent: 15 },
      ],
    })
    await page.getByRole('button', { name: 'Change the rules for holds' }).click()
    await page.getByRole('button', { name: 'Remove Rule 1' }).click()
    await page.getByRole('button', { name: 'Save the rules for holds' }).click()
    await page.locator('.hold-policy').getByText('4121').waitFor({ state: 'detached' })
    await page.locator('.hold-policy').getByText('3500-3999').waitFor()
  })

  for (const { colorScheme, width, locale } of [
    { colorScheme: 'light', width: 1280, locale: 'en-US' },
    { colorScheme: 'dark', width: 360, locale: 'pt-BR' },
  ] as const) {
    it(`is accessible and fits, in ${colorScheme} at ${width} px, for ${locale}`, async () => {
      const { service } = fixture()
      const accountId = `fits-${width}`
      const { book } = await openAccount(service, accountId, { MEAL: '15000' })
      const long = `a-purchase-${'0123456789'.repeat(11)}`
      await book('AuthorizationService/Authorize', { transactionId: long, amount: '10000', hold: {} })
      const part = { transactionId: 'part', originalTransactionId: long, amount: '4000', moreToCome: true }
      await book('CardRailService/Capture', part)
      await book('CardRailService/Advise', { transactionId: 'advice', amount: '90000' })
      const viewport = { width, height: 800 }
      const { page, complaints } = await open(service, { colorScheme, viewport, locale, bypassCSP: true })
      for (const [at, drawn] of [
        [`#/accounts/${accountId}`, '.table.holds'],
        [`#/accounts/${accountId}?entry=part`, '.drawer .facts'],
        [`#/accounts/${accountId}/purchases/${long}`, '.moment.later'],
        [`#/accounts/${accountId}/purchases/advice`, '.moment'],
        [`#/accounts/${accountId}/purchases/nothing`, '.empty'],
        [`#/simulate?account=${accountId}&amount=1&mcc=5999&hold=yes`, '.step.decided'],
        ['#/categories', '.hold-policy'],
      ] as const) {
        await page.goto(`/${at}`)
        await page.locator(drawn).first().waitFor()
        expect(await violations(page), at).to.deep.equal([])
        expect(await overflow(page), `${at} is wider than the screen`).to.be.at.most(0)
      }
      await page.locator('.hold-policy .button').click()
      await page.getByRole('dialog').waitFor()
      expect(await violations(page)).to.deep.equal([])
      expect(complaints).to.deep.equal([])
    })
  }

  it('leave books in which every centavo is explained', () => cleanBooks(databaseOf(fixture())))
})

/** Opens an account with money. Returns a function that makes calls for it, at one merchant. */
async function openAccount(service: ServiceProcess, accountId: string, money: Record<string, string>) {
  await callApi(service, 'AccountService/CreateAccount', { accountId })
  for (const [category, amount] of Object.entries(money)) {
    await callApi(service, 'AccountService/Credit', {
      accountId,
      transactionId: `load-${category}`,
      category,
      amount,
    })
  }
  const book = async (method: string, request: object) => {
    const isRouted = /Authorize|Capture|Advise|Refund/.test(method)
    const merchant = isRouted ? { mcc: '5812', merchant: MERCHANT } : {}
    return await callApi(service, method, { accountId, ...merchant, ...request })
  }
  return { accountId, book }
}

/** The sums that the page of a purchase shows, by name. */
async function sumsOn(page: Page): Promise<Readonly<Record<string, string>>> {
  const names = await page.locator('.sums dt').allTextContents()
  const amounts = await page.locator('.sums dd').allTextContents()
  return Object.fromEntries(names.map((name, index) => [name, amounts[index] ?? '']))
}
