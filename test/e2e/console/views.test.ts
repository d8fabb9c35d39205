import { expect } from 'chai'
import { callApi, tokenOfAll, useConsole } from '../../support/console/console-pages.js'
import { overflow, violations } from '../../support/console/page-checks.js'
import { eventually } from '../../support/eventually.js'
import { useService } from '../../support/processes/service-fixture.js'

const ACCOUNT = '6712b3eb3ec7354864d4274f'

/** Each view, and an English text that appears once it is drawn. */
const views = {
  accounts: ['#/accounts', ACCOUNT],
  account: [`#/accounts/${ACCOUNT}`, 'Status: active'],
  entry: [`#/accounts/${ACCOUNT}?entry=seed:FOOD`, 'R$12.00 was added to FOOD.'],
  'no account': ['#/accounts/nobody', 'There is no account with this id.'],
  approved: [`#/simulate?account=${ACCOUNT}&amount=5&mcc=5812`, 'MEAL pays R$5.00 and has R$7.00 left.'],
  declined: [`#/simulate?account=${ACCOUNT}&amount=99&mcc=5411`, 'No wallet covers the whole amount'],
  foreign: [
    `#/simulate?account=${ACCOUNT}&amount=5&mcc=5812&currency=USD`,
    'The purchase is in another currency.',
  ],
  rule: ['#/rules?rule=uber-eats', 'Change rule'],
  rules: ['#/rules?merchant=UBER+EATS', 'decides: it replaces the MCC'],
  categories: ['#/categories', 'Free balance: pays for every permitted MCC, last.'],
  live: ['#/live', 'Decisions per second'],
  api: ['#/api', 'A purchase with curl'],
} as const

describe('the views of the console', () => {
  const fixture = useService({ SEED_EXAMPLES: 'true' }, { program: 'launcher' })
  const open = useConsole()

  for (const { colorScheme, width } of [
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 360 },
  ] as const) {
    it(`are accessible and fit, in ${colorScheme} at ${width} px`, async () => {
      // axe makes elements from text, which the console's own policy forbids.
      const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true }
      const { page, complaints } = await open(fixture().service, options)
      for (const [name, [at, drawn]] of Object.entries(views)) {
        await page.goto(`/${at}`)
        await page.getByText(drawn).first().waitFor()
        expect(await violations(page), name).to.deep.equal([])
        expect(await overflow(page), `${name} is wider than the screen`).to.be.at.most(0)
      }
      await page.goto(`/#/accounts/${ACCOUNT}`)
      for (const name of ['Load', 'Limits', 'Block', 'Close account']) {
        await page.getByRole('button', { name, exact: true }).click()
        await page.getByRole('dialog').waitFor()
        expect(await violations(page), name).to.deep.equal([])
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      expect(complaints).to.deep.equal([])
    })
  }

  it('follow the browser into Portuguese, and switch to English on request', async () => {
    const { page, complaints } = await open(fixture().service, { locale: 'pt-BR', token: null })
    const field = page.getByLabel('Token (JWT)')
    const heading = page.getByRole('heading', { name: 'Contas' })
    await field.or(heading).first().waitFor()
    if (await field.isVisible()) {
      await field.fill(tokenOfAll())
      await field.press('Enter')
    }
    await page.goto(`/#/simulate?account=${ACCOUNT}&amount=1.234,56&mcc=5411`)
    await page.getByText('FOOD tem R$ 12,00, a compra é de R$ 1.234,56.').waitFor()
    await page.getByRole('button', { name: 'Switch to English' }).click()
    await page.getByRole('heading', { name: 'Simulate a purchase' }).waitFor()
    await page.getByText('FOOD has R$12.00, the purchase is R$1,234.56.').waitFor()
    // The address is a link for a person of either language.
    await page.waitForURL(/amount=1234\.56&/)
    expect(complaints).to.deep.equal([])
  })

  it('scroll to the decision on an example on a narrow screen', async () => {
    const { page } = await open(fixture().service, {
      at: '#/simulate',
      viewport: { width: 360, height: 740 },
    })
    await page.getByRole('button', { name: 'Supermarket' }).click()
    await page.getByText('FOOD pays R$5.00').waitFor()
    await eventually('the verdict is on the screen', async () =>
      page.evaluate(
        "(({ top, bottom }) => top >= 0 && bottom <= innerHeight)(document.querySelector('.verdict').getBoundingClientRect())",
      ),
    )
  })

  it('create a rule by tax id, find it, resolve by it, and give it a name', async () => {
    const { page, complaints } = await open(fixture().service, { at: '#/rules' })
    await page.getByRole('button', { name: 'New rule' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Id', { exact: true }).fill('company')
    await form.getByLabel('Name', { exact: true }).fill('HIDDEN BELOW')
    await form.getByLabel('Match').selectOption({ label: 'tax id' })
    await form.getByLabel('Tax id (CNPJ)').fill('12.abc.345/01de-36')
    await form.getByLabel('Replaces the MCC by').fill('5812')
    await form.getByRole('button', { name: 'Save the rule' }).click()
    await form.getByText('a character is mistyped').first().waitFor()
    await form.getByLabel('Tax id (CNPJ)').fill('12.abc.345/01de-35')
    await form.getByRole('button', { name: 'Save the rule' }).click()
    await page.getByText('The rule is saved.').waitFor()

    await page.locator('.filters').getByLabel('Tax id (CNPJ)').fill('12ABC34501DE35')
    await page.locator('.resolver').getByLabel('Merchant', { exact: true }).fill('UBER EATS')
    await page.locator('.resolver').getByLabel('Tax id (CNPJ)').fill('12ABC34501DE35')
    // The process that made the change uses it at once.
    await page.getByRole('button', { name: 'Resolve' }).click()
    await page.locator('.decided-by').getByText('12ABC34501DE35').waitFor()
    await page.getByText('lost: a rule with an id of the merchant goes before').waitFor()

    await page.locator('.rule-row').getByText('12ABC34501DE35').click()
    await form.getByLabel('Match').selectOption({ label: 'whole name' })
    await form.getByLabel('Name', { exact: true }).fill('COMPANY')
    await form.getByRole('button', { name: 'Save the rule' }).click()
    await page.getByText('No rule matches.').waitFor()
    const { merchantRule } = await callApi(fixture().service, 'MerchantRuleService/GetMerchantRule', {
      merchantRuleId: 'company',
    })
    const match = 'MERCHANT_RULE_MATCH_EXACT'
    expect(merchantRule).to.include({ name: 'COMPANY', match, merchantTaxId: '' })
    expect(complaints).to.deep.equal([])
  })

  it('fill the resolver with the merchant in the address, from any link', async () => {
    const { page } = await open(fixture().service, { at: '#/rules' })
    await page.getByRole('heading', { name: 'All rules' }).waitFor()
    await page.getByLabel('Search', { exact: true }).fill('UBER EATS')
    await page.keyboard.press('Enter')
    await page.getByText('This rule decides').waitFor()
    expect(await page.getByLabel('Merchant', { exact: true }).inputValue()).to.equal('UBER EATS')
  })

  it('show that a recorded decline exceeded a limit, and hide unknown amounts', async () => {
    const { service } = fixture()
    const accountId = 'limited'
    await callApi(service, 'AccountService/CreateAccount', { accountId })
    await callApi(service, 'AccountService/UpdateAccount', {
      account: { id: accountId, limits: { purchaseMax: '1000' } },
      updateMask: 'limits',
    })
    const purchase = { accountId, transactionId: 'over', amount: '1100', mcc: '5411', merchant: '' }
    await callApi(service, 'AuthorizationService/Authorize', purchase)
    await callApi(service, 'AuthorizationService/Reverse', {
      accountId,
      transactionId: 'reversal',
      originalTransactionId: 'over',
    })
    const { page } = await open(service, { at: `#/accounts/${accountId}?entry=over` })
    expect(await page.locator('.step.decided .step-label').textContent()).to.contain('Within the limits')
    await page.goto('/#/live')
    await page.getByText('Reversal of over').waitFor()
    expect(await page.locator('.recent-row', { hasText: 'Reversal of over' }).textContent()).not.to.contain(
      'R$',
    )
  })

  it('show what the card network sent with a purchase, and simulate it again with the same', async () => {
    const { service } = fixture()
    const network = {
      rail: 'RAIL_VOUCHER',
      product: 'PRODUCT_FOOD_PAT',
      merchantTaxId: '12ABC34501DE35',
      rrn: '633412000123',
      currency: 'USD',
    }
    const purchase = {
      accountId: ACCOUNT,
      transactionId: 'foreign',
      amount: '100',
      mcc: '5411',
      merchant: '',
    }
    await callApi(service, 'AuthorizationService/Authorize', { ...purchase, network })
    const { page } = await open(service, { at: `#/accounts/${ACCOUNT}?entry=foreign` })
    const entry = page.getByRole('dialog')
    for (const shown of ['Voucher', '02 Food (PAT)', '633412000123', 'USD'])
      await entry.getByText(shown, { exact: true }).waitFor()
    await entry.getByRole('link', { name: 'Simulate it now' }).click()
    await page.locator('.simulate-result').getByText('The purchase is in another currency.').waitFor()
    expect(await page.getByLabel('Rail', { exact: true }).inputValue()).to.equal('RAIL_VOUCHER')
    const taxId = page.locator('.advanced').getByLabel('Merchant’s CNPJ', { exact: true })
    expect(await taxId.inputValue()).to.equal('12ABC34501DE35')
    await page.getByLabel('Currency', { exact: true }).fill('BRL')
    await page.getByText('FOOD pays R$1.00').waitFor()
    await page.getByLabel('Rail', { exact: true }).selectOption('RAIL_CREDIT')
    await page.getByLabel('Product', { exact: true }).waitFor({ state: 'detached' })
  })

  it('are usable with the keyboard alone', async () => {
    const { page } = await open(fixture().service)
    await page.getByText(ACCOUNT).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type(ACCOUNT)
    await page.keyboard.press('Enter')
    await page.getByText('Status: active').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('seed:FOOD')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('R$12.00 was added to FOOD.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('nothing-like-this')
    await page.keyboard.press('Enter')
    await page.getByText('is neither an account nor a transaction of this account').waitFor()
    await page.getByLabel('Search', { exact: true }).fill('UBER EATS')
    await page.keyboard.press('Enter')
    await page.getByText('This rule decides').waitFor()
  })
})
