// Authorizes a purchase, repeats the request, and reverses the purchase: as a payment switch does.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { credentials, loadPackageDefinition, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const env = process.env
const TERMINAL_WAITS_MS = 5_000
const REVERSAL_MS_MAX = 86_400_000

/** After these statuses, the same request with the same id may be sent again. */
const repeatable = [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.RESOURCE_EXHAUSTED]

type Answer = {
  readonly code: string
  readonly reason: string
  readonly category: string
  readonly replayed: boolean
  readonly amount?: string
}
type Method = 'Authorize' | 'Reverse'

const options = { keepCase: true, longs: String, enums: String, defaults: true }
const protos = { ...options, includeDirs: [env['BENEFITS_PROTOS'] ?? 'dist/protos'] }
const { benefits } = loadPackageDefinition(loadSync('benefits/v1/authorization.proto', protos))
// The loader gives its packages no types.
// biome-ignore lint/suspicious/noExplicitAny: the loader builds the client at run time
const { AuthorizationService } = (benefits as any).v1
const client = new AuthorizationService(env['BENEFITS_ADDRESS'] ?? 'localhost:50051', channelCredentials(), {
  'grpc.service_config': readFileSync(new URL('../service-config.json', import.meta.url), 'utf8'),
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
})

/** TLS with the files in the environment, or plaintext. A certificate of the client is for mutual TLS. */
function channelCredentials() {
  const read = (path: string | undefined) => (path === undefined ? null : readFileSync(path))
  const { BENEFITS_TLS_CA: ca, BENEFITS_TLS_KEY: key, BENEFITS_TLS_CERT: cert } = env
  return ca === undefined
    ? credentials.createInsecure()
    : credentials.createSsl(read(ca), read(key), read(cert))
}

function call(method: Method, request: object): Promise<Answer> {
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${env['BENEFITS_TOKEN']}`)
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer: Answer) => (error ? reject(error) : resolve(answer))
    client[method](request, metadata, { deadline: Date.now() + 2_000 }, done)
  })
}

/** Repeats the same request until it is answered, or until the time is up. */
async function untilAnswered(method: Method, request: object, msMax: number): Promise<Answer> {
  const endsAtMs = performance.now() + msMax
  for (;;) {
    try {
      return await call(method, request)
    } catch (error) {
      const { code } = error as ServiceError
      if (!repeatable.includes(code) || performance.now() > endsAtMs) throw error
      await delay(200)
    }
  }
}

// Acquirer, transmission date and time, trace number: a repeat and a reversal of the message have them, too.
const id = (trace: string) => `00012345678-${Date.now()}-${trace}`
const account_id = 'sandbox-paying'
const purchase = {
  transaction_id: id('000123'),
  account_id,
  amount: 1_000,
  mcc: '5411',
  merchant: 'MERCADO BOM',
}
const reversal = {
  transaction_id: id('000124'),
  account_id,
  original_transaction_id: purchase.transaction_id,
}
try {
  // The second request is a repeat, which debits nothing.
  for (const _ of [1, 2]) {
    const paid = await untilAnswered('Authorize', purchase, TERMINAL_WAITS_MS)
    console.log(`authorized: ${paid.code} ${paid.reason} from ${paid.category}, replayed ${paid.replayed}`)
  }
} finally {
  // Also after an error, when no decision may be known. A real switch keeps the reversal in a queue.
  const back = await untilAnswered('Reverse', reversal, REVERSAL_MS_MAX)
  console.log(`reversed: ${back.code} ${back.reason}, amount ${back.amount}`)
  client.close()
}
