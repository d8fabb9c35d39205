import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { callApi, useConsole } from '../../support/console/console-pages.js'
import { eventually } from '../../support/eventually.js'
import { useService } from '../../support/processes/service-fixture.js'

const UBER_EATS = 'UBER EATS                   SAO PAULO BR'

describe('the life of an account in the console', () => {
  const fixture = useService({ SEED_EXAMPLES: 'true' }, { program: 'launcher' })
  const open = useConsole()

  it('covers opening, loads, purchases, a reversal and closing', async () => {
    const { service } = fixture()
    const { page, complaints } = await open(service)

    await page.getByRole('button', { name: 'Open an account' }).click()
    await page.getByLabel('Id of the account').fill('holder-1')
    await page.getByRole('button', { name: 'Open the account' }).click()
    await page
      .getByText('Nothing has happened here yet')
      .or(page.getByText('Status: active'))
      .first()
      .waitFor()

    await load(page, 'FOOD', '50')
    await load(page, 'CASH', '1,000.00')
    await page.locator('.wallet', { hasText: 'CASH' }).getByText('R$1,000.00').waitFor()

    await page.getByRole('button', { name: 'Limits', exact: true }).click()
    await page.getByLabel('One purchase').fill('40')
    await page.getByRole('group', { name: 'FOOD' }).getByLabel('A day').fill('45')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Set these limits' }).click()
    await page.getByText('The limits are set.').waitFor()

    await page.getByRole('link', { name: 'Simulate' }).last().click()
    await simulate(page, { amount: '30', mcc: '5999', merchant: UBER_EATS })
    await page.getByText('FOOD pays R$30.00 and has R$20.00 left.').waitFor()
    await page.getByText('CASH has R$1,000.00. It was not asked.').waitFor()
    await page.getByLabel('The free balance may pay').uncheck()
    await page.getByText('CASH has').waitFor({ state: 'detached' })
    await page.getByLabel('The free balance may pay').check()
    await page.getByText('CASH has').waitFor()
    expect(await page.locator('.rules-tried .won').textContent()).to.contain('uber-eats')
    expect(await page.locator('.mccs').textContent())
      .to.contain('5999')
      .and.contain('5412')

    await page.getByRole('button', { name: 'Make this purchase' }).click()
    await page.getByRole('button', { name: 'Purchase for R$30.00' }).click()
    await page.getByText('FOOD paid R$30.00 and had R$20.00 left.').waitFor()
    // The same purchase again: FOOD has reached its daily limit, so the free balance would pay.
    await page.getByText('FOOD has R$20.00, the purchase is R$30.00.').waitFor()

    await page.getByRole('button', { name: 'Reverse it' }).click()
    await page.getByLabel('Amount to give back').fill('10.50')
    await page.getByRole('button', { name: 'Reverse: R$10.50' }).click()
    await page.getByText('R$10.50 went back to FOOD.').waitFor()

    await page.getByRole('link', { name: 'See the entry' }).click()
    const drawer = page.getByRole('dialog', { name: 'Purchase' })
    await drawer.getByText('FOOD paid R$30.00 and had R$20.00 left.').first().waitFor()
    await drawer.getByRole('button', { name: 'Close' }).click()

    await page.getByRole('button', { name: 'Reversals' }).click()
    await page.getByText('+R$10.50').waitFor()
    await eventually(
      'the statement has the reversal alone',
      async () => (await page.locator('.list .row').count()) === 1,
    )
    await page.getByRole('button', { name: 'Show all' }).click()

    await page.getByRole('button', { name: 'Block', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click()
    await page.getByText('The account is now: blocked.').waitFor()
    await page.getByRole('link', { name: 'Simulate' }).last().click()
    await simulate(page, { amount: '1', mcc: '5411', merchant: '' })
    await page.getByText('The account is blocked. It pays again once it is unblocked.').waitFor()

    await page.goto('/#/accounts/holder-1')
    await page.getByRole('button', { name: 'Unblock' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unblock' }).click()
    await page.getByText('The account is now: active.').waitFor()

    await page.getByRole('button', { name: 'Close account' }).click()
    await page.getByRole('dialog').getByText('It still has R$1,030.50.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Close account' }).click()
    await page.getByText('The account is now: closed.').waitFor()
    await page.getByRole('button', { name: 'Load', exact: true }).waitFor({ state: 'detached' })

    expect(complaints).to.deep.equal([])
    const { account } = await callApi(service, 'AccountService/GetAccount', { accountId: 'holder-1' })
    expect(account.status).to.equal('ACCOUNT_STATUS_CLOSED')
    expect(account.wallets).to.have.length(3)
    expect(account.wallets[0]).to.include({ category: 'FOOD', balance: '3050' })
    expect(account.wallets[2]).to.include({ category: 'CASH', balance: '100000' })
  })

  it('counts a load once when its answer is lost and the person repeats it', async () => {
    const { service } = fixture()
    const { page } = await open(service, { at: '#/accounts/6712b3eb3ec7354864d4274f' })
    let isLost = false
    await page.route('**/benefits.v1.AccountService/Credit', async (route) => {
      if (isLost) return await route.continue()
      isLost = true
      await route.fetch()
      await route.abort()
    })
    await page.getByRole('button', { name: 'Load', exact: true }).click()
    await page.getByLabel('Amount').fill('7.77')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Load R$7.77' }).click()
    await page.getByRole('alert').getByText('The service does not answer.').waitFor()
    await page.getByRole('button', { name: 'Load R$7.77' }).click()
    await page.getByText('R$7.77 added to FOOD.').waitFor()
    await page.locator('.wallet', { hasText: 'FOOD' }).getByText('R$19.77').waitFor()
  })

  it('counts a purchase once when its answer is lost and the person starts again', async () => {
    const { service } = fixture()
    const accountId = '6712b3eb3ec7354864d42750'
    const { page } = await open(service, { at: `#/simulate?account=${accountId}&amount=2.34&mcc=5811` })
    let isLost = false
    await page.route('**/benefits.v1.AuthorizationService/Authorize', async (route) => {
      if (isLost) return await route.continue()
      isLost = true
      await route.fetch()
      await route.abort()
    })
    const buy = async () => {
      await page.getByRole('button', { name: 'Make this purchase' }).click()
      await page.getByRole('button', { name: 'Purchase for R$2.34' }).click()
    }
    await buy()
    await page.getByRole('alert').getByText('The service does not answer.').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByLabel('Amount', { exact: true }).fill('3')
    await page.getByText('MEAL pays R$3.00').waitFor()
    await page.getByLabel('Amount', { exact: true }).fill('2.34')
    await page.getByText('MEAL pays R$2.34').waitFor()
    await buy()
    await page.getByText('The first attempt had arrived. It counts once.').waitFor()
    const { account } = await callApi(service, 'AccountService/GetAccount', { accountId })
    expect(account.wallets[1]).to.include({ category: 'MEAL', balance: '2166' })
    await page.getByRole('button', { name: 'Make it once more' }).click()
    await page.getByRole('button', { name: 'Purchase for R$2.34' }).click()
    await page.getByText('MEAL paid R$2.34 and had R$19.32 left.').waitFor()
  })
})

async function load(page: Page, wallet: string, amount: string): Promise<void> {
  await page.getByRole('button', { name: 'Load', exact: true }).click()
  await page.getByLabel('Wallet', { exact: true }).selectOption(wallet)
  await page.getByLabel('Amount').fill(amount)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('dialog').getByText('holder-1').waitFor()
  await page.getByRole('button', { name: /^Load R\$/ }).click()
  await page.getByText(`added to ${wallet}.`).waitFor()
}

type Form = { readonly amount: string; readonly mcc: string; readonly merchant: string }

async function simulate(page: Page, { amount, mcc, merchant }: Form): Promise<void> {
  await page.getByLabel('Amount', { exact: true }).fill(amount)
  await page.getByLabel('MCC', { exact: true }).fill(mcc)
  await page.getByLabel('Merchant', { exact: true }).fill(merchant)
}
