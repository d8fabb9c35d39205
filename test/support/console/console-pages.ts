import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from '../../../tools/browser/open-browser.js'
import { signToken } from '../clients/token.js'
import { WAIT_MS_MAX } from '../eventually.js'
import type { ServiceProcess } from '../processes/service-process.js'

/** Every scope that the console uses. */
const SCOPES = [
  'activity:read',
  'accounts:read',
  'accounts:write',
  'accounts:credit',
  'categories:read',
  'categories:write',
  'rules:read',
  'rules:write',
  'transactions:authorize',
  'transactions:reverse',
  'transactions:simulate',
]

/** A page of the console, and the complaints of its browser. */
export type ConsolePage = {
  readonly page: Page
  readonly context: BrowserContext
  /**
   * Errors and warnings of the page's scripts and of the browser, except for error answers of the service.
   */
  readonly complaints: readonly string[]
}

export type OpenOptions = BrowserContextOptions & {
  /** Such as `#/accounts`. */
  readonly at?: string
  /** The token to enter. Default: one with every scope; null enters none. */
  readonly token?: string | null
}

/**
 * Starts a browser for the tests of a suite and opens pages of the console in it. Without a browser the suite
 * fails.
 */
export function useConsole(): (service: ServiceProcess, options?: OpenOptions) => Promise<ConsolePage> {
  let browser: Browser | undefined
  before(async () => {
    browser = await openBrowser((message) => process.stderr.write(`${message}\n`))
  })
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close()
  })
  after(async () => {
    await browser?.close()
  })
  return async (service, { at = '', token = tokenOfAll(), ...options } = {}) => {
    if (!browser)
      throw new Error('the browser is started by the hooks of the suite: ask for it inside a test')
    const context = await browser.newContext({
      locale: 'en-US',
      timezoneId: 'America/Sao_Paulo',
      baseURL: consoleUrl(service),
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(WAIT_MS_MAX)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      const isAnswer = message
        .text()
        .startsWith('Failed to load resource: the server responded with a status')
      if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(`/${at}`)
    if (token !== null) await signIn(page, token)
    return { page, context, complaints }
  }
}

/** A token with every scope that the console uses. */
export function tokenOfAll(): string {
  return tokenOf(SCOPES)
}

function tokenOf(scopes: readonly string[]): string {
  return signToken({ claims: { sub: 'ana', scope: scopes.join(' ') } })
}

/** Address of the HTTP API, without a trailing slash. Known once the service listens. */
export function consoleUrl(service: ServiceProcess): string {
  const port = service.events.find(({ event }) => event === 'listening')?.['httpApiPort']
  if (typeof port !== 'number') throw new Error('the service has no HTTP API yet')
  return `http://127.0.0.1:${port}`
}

/**
 * Calls a method of the API as the console does, or one of the card rail, which the console does not call.
 * The test knows the type of the answer.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export async function callApi(service: ServiceProcess, method: string, request: object): Promise<any> {
  const response = await fetch(`${consoleUrl(service)}/benefits.v1.${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokenOf([...SCOPES, 'transactions:book'])}`,
    },
    body: JSON.stringify(request),
  })
  if (!response.ok) throw new Error(`${method}: ${await response.text()}`)
  return await response.json()
}

/** Enters the token, unless the service has issued one to the page, as in development. */
async function signIn(page: Page, token: string): Promise<void> {
  const field = page.getByLabel('Token (JWT)')
  const content = page.locator('main > :not(.session)')
  await field.or(content).first().waitFor()
  if (!(await field.isVisible())) return
  await field.fill(token)
  await field.press('Enter')
  await field.waitFor({ state: 'detached' })
}
