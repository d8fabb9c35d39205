import { type LoadJob, REPEAT_DISTANCE } from './job.js'

/** Longest warm-up and longest measured time, in milliseconds: servers end a connection after about five minutes. */
const DURATION_MS_MAX = 120_000
/** The same when connections are renewed. */
const RENEWED_DURATION_MS_MAX = 7_200_000
const CALLS_MAX = 16_384

type Check = (value: unknown) => string | undefined

/** What every job has: a path in it, and what must be there. */
const checks: readonly (readonly [path: string, check: Check])[] = [
  ['target.host', text({ max: 255 })],
  ['target.port', whole({ min: 1, max: 65_535 })],
  ['token', text({ max: 8_192 })],
  ['mode', oneOf(['unary', 'stream'])],
  ['connections', whole({ min: 1, max: 64 })],
  ['streamsPerConnection', optional(whole({ min: 1, max: 100 }))],
  ['callTimeoutMs', optional(whole({ min: 1, max: 60_000 }))],
  ['renewsConnections', optional(oneOf([true, false]))],
  ['windowMs', optional(whole({ min: 100, max: 60_000 }))],
  ['workload.seed', whole({ min: 0, max: 2 ** 32 - 1 })],
  ['workload.transactionPrefix', text({ max: 100 })],
  ['workload.accounts.prefix', text({ max: 50 })],
  ['workload.accounts.count', whole({ min: 1, max: 9_999_999 })],
  ['workload.hotAccount', optional(oneOf([true, false]))],
  ['workload.amount.min', whole({ min: 1, max: 999_999_999_999 })],
  ['workload.amount.max', whole({ min: 1, max: 999_999_999_999 })],
  ['workload.declinedAmount', whole({ min: 1, max: 999_999_999_999 })],
  ['workload.benefitMccs', texts({ max: 4 })],
  ['workload.cashMccs', texts({ max: 4 })],
  ['workload.merchants', texts({ max: 99 })],
  ['workload.repeatShare', share({ max: 0.9 })],
  ['workload.repeatDistance.min', optional(whole({ min: 1, max: 4_000 }))],
  ['workload.repeatDistance.max', optional(whole({ min: 1, max: 4_000 }))],
  ['workload.declineShare', share({ max: 1 })],
  ['workload.cashShare', share({ max: 1 })],
  ['shape.type', oneOf(['closed', 'open'])],
  ['shape.warmupMs', whole({ min: 0, max: DURATION_MS_MAX })],
  ['shape.durationMs', whole({ min: 1, max: RENEWED_DURATION_MS_MAX })],
]

const shapeChecks: Readonly<Record<string, typeof checks>> = {
  closed: [['shape.callers', whole({ min: 1, max: CALLS_MAX })]],
  open: [
    ['shape.ratePerSecond', whole({ min: 1, max: 1_000_000 })],
    ['shape.inFlightMax', whole({ min: 1, max: CALLS_MAX })],
  ],
}

/** Reads a job; throws an error that names everything that is wrong with it. */
export function readJob(json: string): LoadJob {
  const job: unknown = JSON.parse(json)
  const all = [...checks, ...(shapeChecks[String(at(job, 'shape.type'))] ?? [])]
  const wrong = all.flatMap(([path, check]) => {
    const expected = check(at(job, path))
    return expected === undefined ? [] : [`${path} must be ${expected}`]
  })
  if (wrong.length > 0) throw new Error(wrong.join('; '))
  // Every field was checked.
  const checked = job as LoadJob
  const { renewsConnections, mode, shape } = checked
  if (renewsConnections && mode !== 'unary') throw new Error('renewsConnections is for mode unary')
  if (!renewsConnections && shape.durationMs > DURATION_MS_MAX)
    throw new Error(`shape.durationMs is at most ${DURATION_MS_MAX} unless connections are renewed`)
  const { amount, repeatDistance = REPEAT_DISTANCE } = checked.workload
  if (amount.min > amount.max) throw new Error('workload.amount.min must not be over its max')
  if (!(repeatDistance.min <= repeatDistance.max)) {
    throw new Error('workload.repeatDistance needs a min, and a max that is not below it')
  }
  return checked
}

function at(value: unknown, path: string): unknown {
  const [first = '', ...rest] = path.split('.')
  if (typeof value !== 'object' || value === null) return undefined
  const field: unknown = Object.entries(value).find(([name]) => name === first)?.[1]
  return rest.length === 0 ? field : at(field, rest.join('.'))
}

function text({ max }: { readonly max: number }): Check {
  return (value) => (isText(value, max) ? undefined : `a text of 1 to ${max} characters`)
}

function texts({ max }: { readonly max: number }): Check {
  return (value) => {
    const fits = Array.isArray(value) && value.length > 0 && value.every((each) => isText(each, max))
    return fits ? undefined : `a list of texts of 1 to ${max} characters`
  }
}

function isText(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= max
}

function whole({ min, max }: { readonly min: number; readonly max: number }): Check {
  return (value) => {
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    return fits ? undefined : `a whole number from ${min} to ${max}`
  }
}

function share({ max }: { readonly max: number }): Check {
  return (value) => {
    const fits = typeof value === 'number' && value >= 0 && value <= max
    return fits ? undefined : `a number from 0 to ${max}`
  }
}

function oneOf(values: readonly unknown[]): Check {
  return (value) => (values.includes(value) ? undefined : `one of ${values.join(', ')}`)
}

function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value))
}
