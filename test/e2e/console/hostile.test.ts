import { expect } from 'chai'
import { purchase } from '../../support/clients/client.js'
import { secondsFromNow, signToken } from '../../support/clients/token.js'
import { callApi, consoleUrl, tokenOfAll, useConsole } from '../../support/console/console-pages.js'
import { useHttpApi, useService } from '../../support/processes/service-fixture.js'

const IMAGE = '<img src=x onerror="window.hacked=1">'
const SCRIPT = '"><script>window.hacked=1</script>'
/** Names of rules have 25 characters at most. */
const SHORT = '<img src=x onerror=h()>'

describe('hostile text in the console', () => {
  const fixture = useService({}, { program: 'launcher' })
  const open = useConsole()

  it('is shown as text, and never runs', async () => {
    const { service, client } = fixture()
    const accountId = 'target'
    await callApi(service, 'AccountService/CreateAccount', { accountId })
    const credit = { accountId, transactionId: '<b>load</b>', category: 'FOOD', amount: '5000' }
    await callApi(service, 'AccountService/Credit', credit)
    for (const merchant of [IMAGE, SCRIPT]) {
      const transaction_id = `<svg/onload=hacked=1>${merchant.length}`
      await client.authorize(purchase({ transaction_id, account_id: accountId, mcc: '5411', merchant }))
    }
    await callApi(service, 'MerchantRuleService/CreateMerchantRule', {
      merchantRule: {
        id: 'hostile',
        match: 'MERCHANT_RULE_MATCH_EXACT',
        name: SHORT,
        city: SHORT,
        mcc: '5411',
      },
    })
    await callApi(service, 'CategoryService/UpsertCategory', {
      category: { id: 'HOSTILE', displayName: IMAGE, mccs: ['7832'], order: 90 },
    })

    const { page, complaints } = await open(service, { at: '#/accounts/target' })
    await page.getByText(IMAGE).waitFor()
    await page.getByText(SCRIPT).click()
    await page.getByRole('dialog').getByText(SCRIPT).first().waitFor()
    await page.goto(`/#/accounts/${encodeURIComponent(IMAGE)}`)
    await page.getByText(IMAGE).first().waitFor()
    await page.goto(`/#/simulate?account=target&amount=1&mcc=5411&merchant=${encodeURIComponent(IMAGE)}`)
    await page.locator('.de43').getByText(IMAGE).waitFor()
    await page.goto(`/#/rules?merchant=${encodeURIComponent(SCRIPT)}`)
    await page.locator('.de43').getByText(SCRIPT).waitFor()
    await page.locator('.rule-row').getByText(SHORT).first().waitFor()
    await page.goto('/#/categories')
    await page.getByText(IMAGE).waitFor()
    await page.goto('/#/live')
    await page.getByText(IMAGE).first().waitFor()
    expect(await page.evaluate('window.hacked')).to.equal(undefined)
    expect(await page.locator('main img, main script').count()).to.equal(0)
    expect(complaints).to.deep.equal([])
  })

  it('could not run inline even as markup', async () => {
    const { page } = await open(fixture().service)
    const made = await page.evaluate(`
      (() => { try { document.body.innerHTML = '<b>markup</b>'; return 'made' } catch (error) { return error.name } })()
    `)
    expect(made).to.equal('TypeError')
  })
})

describe('the session of the console', () => {
  const fixture = useHttpApi({ CONSOLE: 'true', JWT_REQUIRE_SCOPE: 'true' })
  const bare = useHttpApi()
  const open = useConsole()

  it('begins with a token that the person enters, and is limited to its scopes', async () => {
    const { service } = fixture()
    const token = signToken({ claims: { sub: 'reader', scope: 'accounts:read' } })
    const { page, complaints } = await open(service, { token })
    await page.getByText('There is no account yet.').waitFor()
    await page.getByRole('button', { name: 'Open an account' }).click()
    await page.getByLabel('Id of the account').fill('not-mine')
    await page.getByRole('button', { name: 'Open the account' }).click()
    const alert = page.getByRole('alert')
    await alert.getByText('Your token does not allow this.').waitFor()
    expect(await alert.textContent()).to.match(/SCOPE_MISSING.*Request [0-9a-f-]{36}/)
    expect(await page.getByLabel('Id of the account').inputValue()).to.equal('not-mine')
    expect(complaints).to.deep.equal([])
  })

  it('keeps the token in memory only', async () => {
    const { page, context } = await open(fixture().service, { token: tokenOfAll() })
    await page.getByText('There is no account yet.').waitFor()
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).to.equal(
      '[{},{}]',
    )
    expect(await context.cookies()).to.deep.equal([])
    await page.reload()
    await page.getByLabel('Token (JWT)').waitFor()
  })

  it('asks for another token when the current one is no longer valid', async () => {
    const token = signToken({ claims: { exp: secondsFromNow(-60) } })
    const { page } = await open(fixture().service, { token: null })
    await page.getByLabel('Token (JWT)').fill(token)
    await page.getByRole('button', { name: 'Use this token' }).click()
    await page.getByText('Your token is not valid any more.').waitFor()
    await page.getByLabel('Token (JWT)').fill(tokenOfAll())
    await page.getByRole('button', { name: 'Use this token' }).click()
    await page.getByLabel('Token (JWT)').waitFor({ state: 'detached' })
  })

  it('does not exist in production unless the console is switched on', async () => {
    expect((await fetch(consoleUrl(bare().service))).status).to.equal(404)
    expect((await fetch(`${consoleUrl(bare().service)}/console.js`)).status).to.equal(404)
  })
})

describe('a service that stops while the console is open', () => {
  const fixture = useService({ SEED_EXAMPLES: 'true' }, { program: 'launcher' })
  const open = useConsole()

  it('is reported, and the typed input stays', async () => {
    const { service } = fixture()
    const { page } = await open(service, { at: '#/accounts/6712b3eb3ec7354864d4274f' })
    await page.getByRole('button', { name: 'Load', exact: true }).click()
    await page.getByLabel('Amount').fill('12.34')
    await page.getByRole('button', { name: 'Continue' }).click()
    await service.stop()
    await page.getByRole('button', { name: 'Load R$12.34' }).click()
    const alert = page.getByRole('alert')
    await alert.getByText('The service does not answer. Nothing is lost').waitFor()
    expect(await alert.textContent()).to.match(/Request [0-9a-f-]{36}/)
    await page.getByRole('button', { name: 'Back' }).click()
    expect(await page.getByLabel('Amount').inputValue()).to.equal('12.34')
    await page.keyboard.press('Escape')
    await page.getByText('The service does not answer. What you see may be old').waitFor()
    await page.getByText('R$12.00').first().waitFor()
  })
})
