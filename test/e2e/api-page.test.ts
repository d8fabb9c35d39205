import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { serviceEnvironment, useHttpApi, useService } from '../support/processes/service-fixture.js'
import { type ServiceProcess, useServices } from '../support/processes/service-process.js'

type Answer = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string }
type Headers = Readonly<Record<string, string>>

describe('the API page', () => {
  const fixture = useHttpApi()
  const ask = async (path: string, headers: Headers = {}, method = 'GET') =>
    await get(fixture().service, path, headers, method)

  it('shows the document of the repository', async () => {
    const { status, headers, body } = await ask('/openapi.json')
    expect(status).to.equal(200)
    expect(headers['content-type']).to.equal('application/json')
    expect(body).to.equal(readFileSync('.docs/openapi.json', 'utf8'))
  })

  it('includes everything that it loads, and loads nothing from elsewhere', async () => {
    const { headers, body } = await ask('/docs')
    const links = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link = '']) => link)
    const paths = links.filter((link) => link !== 'data:,')
    expect(paths).to.include.members(['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/start.js'])
    for (const path of paths) {
      const answer = await ask(path)
      expect(answer.status, path).to.equal(200)
      expect(answer.headers['x-content-type-options'], path).to.equal('nosniff')
      expect(Number(answer.headers['content-length']), path).to.equal(Buffer.byteLength(answer.body))
    }
    expect(headers['content-security-policy']).to.include("default-src 'none'").and.not.include('unsafe')
    expect(headers['content-security-policy']).not.to.match(/https?:/)
  })

  it('is sent again only when it has changed', async () => {
    const { headers } = await ask('/docs/swagger-ui-bundle.js')
    const again = await ask('/docs/swagger-ui-bundle.js', { 'if-none-match': String(headers.etag) })
    expect({ status: again.status, body: again.body }).to.deep.equal({ status: 304, body: '' })
  })

  it('is compressed for a browser that accepts it', async () => {
    const { headers, body } = await ask('/docs/swagger-ui-bundle.js')
    const compressed = await ask('/docs/swagger-ui-bundle.js', { 'accept-encoding': 'gzip' })
    expect(compressed.headers).to.include({ 'content-encoding': 'gzip', etag: headers.etag })
    expect(Number(compressed.headers['content-length'])).to.be.lessThan(body.length / 2)
  })

  it('answers 405 to other methods and 404 on other paths', async () => {
    expect((await ask('/docs', {}, 'POST')).status).to.equal(405)
    for (const path of [
      '/docs/index.html',
      '/docs/package.json',
      '/docs/../package.json',
      '/docs/%2e%2e/main.js',
    ])
      expect((await ask(path)).status, path).to.equal(404)
  })
})

describe('the token for development', () => {
  const tokens = { JWT_REQUIRE_SCOPE: 'true', JWT_ISSUER: 'issuer', JWT_AUDIENCE: 'audience' }
  const fixture = useService(tokens, { program: 'launcher' })
  const startService = useServices()
  const startLauncher = useServices({ program: 'launcher' })

  it('may call every method', async () => {
    const { status, headers, body } = await get(fixture().service, '/dev/token')
    expect(status).to.equal(200)
    expect(headers['cache-control']).to.equal('no-store')
    const answer = await fetch(`${fixture().service.apiUrl}/benefits.v1.AccountService/ListAccounts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${JSON.parse(body).token}`, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status, await answer.text()).to.equal(200)
  })

  const others: Readonly<Record<string, Headers>> = {
    'a page of another site': { 'sec-fetch-site': 'cross-site' },
    'a page of another port': { 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' },
    'a page whose name leads to this machine': {
      host: 'rebound.example:8000',
      'sec-fetch-site': 'same-origin',
    },
    'a browser that names only the origin': { origin: 'https://other.example' },
    'a proxy': { 'x-forwarded-for': '203.0.113.7' },
  }
  for (const [who, headers] of Object.entries(others)) {
    it(`is not issued to ${who}`, async () => {
      const { status, body } = await get(fixture().service, '/dev/token', headers)
      expect(status).to.equal(403)
      expect(body).not.to.include('token"')
    })
  }

  it('is not issued in production, nor on a port that other machines reach', async () => {
    for (const [start, env] of [
      [startService, {}],
      [startLauncher, { HOST: '0.0.0.0' }],
    ] as const) {
      const service = await start({ ...(await serviceEnvironment()), ...env, HTTP_API_PORT: '0' })
      await service.untilEvent('listening')
      expect((await get(service, '/dev/token')).status, JSON.stringify(env)).to.equal(404)
      expect((await get(service, '/docs')).status).to.equal(200)
    }
  })
})

async function get(
  service: ServiceProcess,
  path: string,
  headers: Headers = {},
  method = 'GET',
): Promise<Answer> {
  const { hostname, port } = new URL(service.apiUrl)
  // Not fetch, which shortens paths and sends its own Host.
  const sent = request({ hostname, port, path, method, headers })
  sent.end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (!response) throw new Error('there was no response')
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }
}
