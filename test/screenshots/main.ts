import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../tools/browser/open-browser.js'
import { startEphemeralMongo } from '../../tools/dev/local-mongo/ephemeral-mongo.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { callApi, consoleUrl, tokenOfAll } from '../support/console/console-pages.js'
import { ServiceProcess } from '../support/processes/service-process.js'

const FOLDER = '.docs/images'
const ACCOUNT = '6712b3eb3ec7354864d4274f'
/** Seconds of purchases before the picture of the live view. */
const LIVE_SECONDS = 30
/** Longest wait for a view, in milliseconds. */
const VIEW_MS_MAX = 60_000

/** Height that shows a decision to its end, in pixels. */
const DECISION_HEIGHT = 940

type Shot = {
  readonly name: string
  readonly at: string
  /** A text that appears once the view is drawn. */
  readonly drawn: string
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  readonly locale?: string
}

const de43 = (name: string, city: string) => `${name.padEnd(25)}${city.padStart(12)} BR`
const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const wrongMcc = query({
  account: ACCOUNT,
  amount: '5',
  mcc: '5999',
  merchant: de43('UBER EATS', 'SAO PAULO'),
})
const tooMuch = query({
  account: 'ana-2026',
  amount: '400',
  mcc: '5811',
  merchant: de43('PADARIA DO ZE', 'SAO PAULO'),
})

/** The pictures of README and of the guide. */
const shots: readonly Shot[] = [
  {
    name: 'console-simulation',
    at: `#/simulate?${wrongMcc}`,
    drawn: 'FOOD pays R$5.00',
    height: DECISION_HEIGHT,
  },
  {
    name: 'console-simulation-dark',
    at: `#/simulate?${wrongMcc}`,
    drawn: 'FOOD pays R$5.00',
    height: DECISION_HEIGHT,
    colorScheme: 'dark',
  },
  {
    name: 'console-declined',
    at: `#/simulate?${tooMuch}`,
    drawn: 'One purchase may be R$300.00 at most',
    height: DECISION_HEIGHT,
  },
  { name: 'console-account', at: '#/accounts/ana-2026', drawn: 'SUPERMERCADO BOM DIA' },
  {
    name: 'console-account-small',
    at: '#/accounts/ana-2026',
    drawn: 'SUPERMERCADO BOM DIA',
    width: 360,
    height: 780,
    colorScheme: 'dark',
    locale: 'pt-BR',
  },
  {
    name: 'console-rules',
    at: `#/rules?${query({ merchant: de43('UBER EATS', 'SAO PAULO') })}`,
    drawn: 'This rule decides',
  },
  { name: 'console-purchase', at: '#/accounts/ana-2026/purchases/hotel', drawn: 'What happened' },
  { name: 'console-live', at: '#/live', drawn: 'Decisions per second' },
]

const wanted = process.argv.slice(2)
const mongo = await startEphemeralMongo({ log: (message) => console.log(message) })
const service = new ServiceProcess(
  {
    MONGODB_URI: mongo.uri,
    JWT_SECRET,
    SEED_EXAMPLES: 'true',
    LIMITS_TIME_ZONE: 'America/Sao_Paulo',
  },
  { program: 'launcher' },
)
let browser: Browser | undefined
try {
  await service.untilEvent('serving')
  await seed(service)
  browser = await openBrowser((message) => console.log(message))
  mkdirSync(FOLDER, { recursive: true })
  for (const shot of shots) {
    if (wanted.length > 0 && !wanted.includes(shot.name)) continue
    const file = join(FOLDER, `${shot.name}.png`)
    await take(browser, shot, file)
    console.log(`${file} (${Math.round(statSync(file).size / 1024)} KiB)`)
  }
} finally {
  await browser?.close()
  await service.stop()
  await mongo.stop()
}

async function take(browser: Browser, shot: Shot, file: string): Promise<void> {
  const { at, drawn, colorScheme = 'light', width = 1280, height = 820, locale = 'en-US' } = shot
  const context = await browser.newContext({
    viewport: { width, height },
    // The README shows it larger than the guide shows the others.
    deviceScaleFactor: shot.name.startsWith('console-simulation') ? 1.5 : 1,
    colorScheme,
    locale,
    timezoneId: 'America/Sao_Paulo',
    reducedMotion: 'reduce',
    baseURL: consoleUrl(service),
  })
  context.setDefaultTimeout(VIEW_MS_MAX)
  // As in development, where the service issues a token to the page.
  await context.route('**/dev/token', (route) => route.fulfill({ json: { token: tokenOfAll() } }))
  const page = await context.newPage()
  await page.goto(`/${at}`)
  if (shot.name === 'console-live') await makePurchases(page)
  await page.getByText(drawn).first().waitFor()
  await page.screenshot({ path: file, animations: 'disabled' })
  await context.close()
}

/** A card holder with a history of two months, and a rule that loses. */
async function seed(on: ServiceProcess): Promise<void> {
  const accountId = 'ana-2026'
  await callApi(on, 'AccountService/CreateAccount', { accountId })
  for (const [category, amount] of [
    ['FOOD', '90000'],
    ['MEAL', '60000'],
    ['CASH', '25000'],
  ]) {
    await callApi(on, 'AccountService/Credit', {
      accountId,
      transactionId: `load-${category}`,
      category,
      amount,
    })
  }
  const limits = {
    purchaseMax: '30000',
    wallets: [
      { category: 'FOOD', dayMax: '40000', monthMax: '90000' },
      { category: 'MEAL', dayMax: '8000', monthMax: '60000' },
    ],
  }
  await callApi(on, 'AccountService/UpdateAccount', {
    account: { id: accountId, limits },
    updateMask: 'limits',
  })
  const purchases = [
    ['PADARIA DO ZE', 'SAO PAULO', '5811', '1890'],
    ['UBER EATS', 'SAO PAULO', '5999', '4675'],
    ['FARMACIA CENTRAL', 'SAO PAULO', '5912', '3240'],
    ['JOALHERIA ORION', 'CAMPINAS', '5944', '189000'],
    ['RESTAURANTE DA PRACA', 'SAO PAULO', '5812', '5450'],
    ['UBER TRIP', 'SAO PAULO', '4121', '2380'],
    ['SUPERMERCADO BOM DIA', 'SAO PAULO', '5411', '21435'],
  ] as const
  for (const [index, [name, city, mcc, amount]] of purchases.entries()) {
    const purchase = {
      accountId,
      transactionId: `purchase-${index + 1}`,
      amount,
      mcc,
      merchant: de43(name, city),
    }
    await callApi(on, 'AuthorizationService/Authorize', purchase)
  }
  await callApi(on, 'AuthorizationService/Reverse', {
    accountId,
    transactionId: 'reversal-1',
    originalTransactionId: 'purchase-2',
    amount: '1200',
  })
  await followPurchases(on, accountId)
  const rule = { id: 'uber', match: 'MERCHANT_RULE_MATCH_PREFIX', name: 'UBER', mcc: '4121' }
  await callApi(on, 'MerchantRuleService/CreateMerchantRule', { merchantRule: rule })
}

/** Purchases that the card network clears later: one still held, one captured for more, one approved offline. */
async function followPurchases(on: ServiceProcess, accountId: string): Promise<void> {
  const hotel = { mcc: '7011', merchant: de43('HOTEL ATLANTICO', 'SANTOS') }
  const dinner = { mcc: '5812', merchant: de43('BISTRO DA ESQUINA', 'SAO PAULO') }
  const offline = { mcc: '5912', merchant: de43('FARMACIA CENTRAL', 'SAO PAULO') }
  const ids = (transactionId: string, originalTransactionId?: string) => ({
    accountId,
    transactionId,
    ...(originalTransactionId !== undefined && { originalTransactionId }),
  })
  await callApi(on, 'AuthorizationService/Authorize', {
    ...ids('dinner'),
    ...dinner,
    amount: '10000',
    hold: {},
  })
  await callApi(on, 'CardRailService/Capture', { ...ids('dinner-1', 'dinner'), ...dinner, amount: '11500' })
  await callApi(on, 'CardRailService/Refund', { ...ids('dinner-2', 'dinner'), ...dinner, amount: '2000' })
  await callApi(on, 'AuthorizationService/Authorize', { ...ids('hotel'), ...hotel, amount: '6000', hold: {} })
  await callApi(on, 'CardRailService/Increment', { ...ids('hotel-1', 'hotel'), amount: '3000' })
  const first = { ...ids('hotel-2', 'hotel'), ...hotel, amount: '2500', moreToCome: true }
  await callApi(on, 'CardRailService/Capture', first)
  await callApi(on, 'AuthorizationService/Reverse', { ...ids('hotel-3', 'hotel'), amount: '1000' })
  await callApi(on, 'CardRailService/Advise', { ...ids('offline'), ...offline, amount: '6000' })
  await callApi(on, 'CardRailService/Refund', { ...ids('unlinked'), ...offline, amount: '3000' })
}

/** Makes purchases during the live view, more in some seconds than in others. */
async function makePurchases(page: Page): Promise<void> {
  const accountId = 'load-test'
  await callApi(service, 'AccountService/CreateAccount', { accountId })
  for (const category of ['FOOD', 'MEAL', 'CASH'])
    await callApi(service, 'AccountService/Credit', {
      accountId,
      transactionId: category,
      category,
      amount: '9000000',
    })
  const names = ['PADARIA DO ZE', 'SUPERMERCADO BOM DIA', 'RESTAURANTE DA PRACA', 'UBER EATS']
  const endsAtMs = performance.now() + LIVE_SECONDS * 1_000
  for (let index = 0; performance.now() < endsAtMs; index++) {
    const burst = 4 + Math.round(8 * Math.abs(Math.sin(index / 25)))
    const calls = Array.from({ length: burst }, (_, each) =>
      callApi(service, 'AuthorizationService/Authorize', {
        transactionId: `live-${index}-${each}`,
        accountId: each % 5 === 4 ? ACCOUNT : accountId,
        amount: String(1_000 + ((index * 37 + each * 11) % 9_000)),
        mcc: each % 2 === 0 ? '5411' : '5812',
        merchant: de43(names[each % names.length] ?? '', 'SAO PAULO'),
      }),
    )
    await Promise.all(calls)
    await page.waitForTimeout(100)
  }
}
