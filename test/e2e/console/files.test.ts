import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { callApi, consoleUrl } from '../../support/console/console-pages.js'
import { useService } from '../../support/processes/service-fixture.js'

const FILES = ['/', '/console.js', '/console.css', '/icon.svg']
/** Most bytes of the whole console over the wire. */
const BYTES_MAX = 100_000

describe('the files of the console', () => {
  const fixture = useService({}, { program: 'launcher' })

  it('are small over the wire, and sent again only when they have changed', async () => {
    let bytes = 0
    for (const file of FILES) {
      const url = `${consoleUrl(fixture().service)}${file}`
      const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
      expect(response.headers.get('content-encoding'), file).to.equal('gzip')
      bytes += Number(response.headers.get('content-length'))
      const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
      const text = Buffer.from(await plain.arrayBuffer())
      expect(gzipSync(text).length).to.be.lessThan(BYTES_MAX)
      const again = await fetch(url, { headers: { 'if-none-match': response.headers.get('etag') ?? '' } })
      expect(again.status, file).to.equal(304)
    }
    expect(bytes).to.be.lessThan(BYTES_MAX)
  })

  it('forbid inline content and content of other hosts', async () => {
    for (const file of FILES) {
      const { headers } = await fetch(`${consoleUrl(fixture().service)}${file}`)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).to.contain("default-src 'none'").and.contain("script-src 'self'")
      expect(policy).not.to.contain('unsafe')
      expect(policy).not.to.match(/https?:/)
      expect(headers.get('x-content-type-options')).to.equal('nosniff')
    }
  })

  it('answer GET and HEAD only', async () => {
    const url = `${consoleUrl(fixture().service)}/`
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).to.equal(405)
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, await head.text()]).to.deep.equal([200, ''])
  })
})

describe('ActivityService', () => {
  const fixture = useService({ SEED_EXAMPLES: 'true' }, { program: 'launcher' })

  it('counts decisions and shows the latest, newest first', async () => {
    const { service } = fixture()
    const before = await callApi(service, 'ActivityService/GetActivity', {})
    for (const [transactionId, amount] of [
      ['p1', '100'],
      ['p2', '999999'],
      // A stored answer does not count as a new decision.
      ['p1', '100'],
    ]) {
      const purchase = { transactionId, accountId: '6712b3eb3ec7354864d4274f', amount, mcc: '5411' }
      await callApi(service, 'AuthorizationService/Authorize', purchase)
    }
    const activity = await callApi(service, 'ActivityService/GetActivity', {})
    expect(activity).to.include({
      serving: true,
      limitsTimeZone: 'America/Sao_Paulo',
      startTime: before.startTime,
    })
    const made = activity.decisions.filter(({ count }: { count: string }) => count !== '0')
    expect(made).to.deep.equal([
      { kind: 'TRANSACTION_KIND_AUTHORIZATION', reason: 'REASON_APPROVED', count: '1' },
      { kind: 'TRANSACTION_KIND_AUTHORIZATION', reason: 'REASON_INSUFFICIENT_BALANCE', count: '1' },
    ])
    expect(activity.latencies.at(-1)).to.deep.equal({ count: '3' })
    expect(
      activity.recent.map(({ transactionId }: { transactionId: string }) => transactionId),
    ).to.deep.equal(['p2', 'p1'])
  })
})
