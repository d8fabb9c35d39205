import { expect } from 'chai'
import { callApi, useConsole } from '../../support/console/console-pages.js'
import { useService } from '../../support/processes/service-fixture.js'

describe('the API page in a browser', () => {
  const fixture = useService({ SEED_EXAMPLES: 'true' }, { program: 'launcher' })
  const open = useConsole()

  it('calls a method with the development token', async () => {
    const { service } = fixture()
    const { page, complaints } = await open(service, { token: null })
    const hosts = new Set<string>()
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    await page.goto('/docs')
    const method = page.locator('.opblock', { hasText: '/benefits.v1.AccountService/CreateAccount' })
    await method.locator('.opblock-summary-control').click()
    await method.getByRole('textbox').last().fill('{"accountId": "from-docs"}')
    await method.getByRole('button', { name: 'Execute' }).click()
    const answer = method.locator('.live-responses-table .response').first()
    await answer.locator('.response-col_status', { hasText: '200' }).waitFor()
    expect(await answer.textContent()).to.contain('from-docs')
    const { account } = await callApi(service, 'AccountService/GetAccount', { accountId: 'from-docs' })
    expect(account.status).to.equal('ACCOUNT_STATUS_ACTIVE')
    expect([...hosts]).to.deep.equal([new URL(page.url()).host])
    expect(complaints).to.deep.equal([])
  })

  it('does not scroll sideways on a telephone', async () => {
    const { page } = await open(fixture().service, { token: null })
    await page.setViewportSize({ width: 360, height: 800 })
    await page.goto('/docs')
    const method = page.locator('.opblock', { hasText: '/benefits.v1.AccountService/CreateAccount' })
    await method.locator('.opblock-summary-control').click()
    await method.locator('.responses-table').first().waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(360)
  })
})
