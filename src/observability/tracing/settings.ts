/** The tracing settings that the service reads itself. The SDK reads OpenTelemetry's other variables. */
export type TracingSettings = {
  /** Whether anything is traced. OpenTelemetry is loaded only then. */
  readonly on: boolean
  readonly protocol: OtlpProtocol
  readonly batches: SpanBatches
  /** Whether OTEL_RESOURCE_ATTRIBUTES is set. The SDK silently drops all of it when a part is malformed. */
  readonly hasResourceAttributes: boolean
  /**
   * Problems with the variables, by name and without values, which may be credentials. None prevents the
   * start.
   */
  readonly problems: readonly string[]
}

/** The queue and batches of spans: numbers of spans, and times in milliseconds. */
export type SpanBatches = {
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly scheduledDelayMillis: number
  readonly exportTimeoutMillis: number
}

const protocols = ['http/protobuf', 'http/json', 'grpc'] as const
export type OtlpProtocol = (typeof protocols)[number]

/** Returns the value of a variable; undefined when it is not set. */
type Read = (name: string) => string | undefined

/**
 * Reads OpenTelemetry's standard variables. Tracing is on when an endpoint or an exporter is set: the SDK by
 * itself would look for a collector without being asked. A bad value counts as not set; a bad endpoint or
 * exporter turns tracing off.
 */
export function readTracingSettings(read: Read): TracingSettings {
  const problems: string[] = []
  const wanted = isWanted(read, problems)
  const protocol = readProtocol(read, problems)
  const endpoints = [
    isEndpoint(read, 'OTEL_EXPORTER_OTLP_ENDPOINT', problems),
    isEndpoint(read, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', problems),
  ]
  return Object.freeze({
    on: wanted && !endpoints.includes(false),
    protocol,
    batches: readBatches(read, problems),
    hasResourceAttributes: read('OTEL_RESOURCE_ATTRIBUTES') !== undefined,
    problems,
  })
}

function isWanted(read: Read, problems: string[]): boolean {
  const disabled = read('OTEL_SDK_DISABLED')?.toLowerCase()
  if (disabled !== undefined && disabled !== 'true' && disabled !== 'false') {
    problems.push('OTEL_SDK_DISABLED must be true or false: false is assumed')
  }
  const exporter = read('OTEL_TRACES_EXPORTER')
  if (exporter !== undefined && exporter !== 'otlp' && exporter !== 'none') {
    problems.push('OTEL_TRACES_EXPORTER must be otlp or none: tracing is off')
    return false
  }
  if (disabled === 'true' || exporter === 'none') return false
  const endpoint = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? read('OTEL_EXPORTER_OTLP_ENDPOINT')
  return exporter === 'otlp' || endpoint !== undefined
}

function readProtocol(read: Read, problems: string[]): OtlpProtocol {
  const general = read('OTEL_EXPORTER_OTLP_PROTOCOL')
  const text = read('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? general ?? 'http/protobuf'
  const protocol = protocols.find((known) => known === text)
  if (protocol === undefined) {
    problems.push(`OTEL_EXPORTER_OTLP_PROTOCOL must be one of ${protocols.join(', ')}: the value is ignored`)
  }
  return protocol ?? 'http/protobuf'
}

/** Whether the variable is a valid endpoint; undefined when it is not set. */
function isEndpoint(read: Read, name: string, problems: string[]): boolean | undefined {
  const text = read(name)
  if (text === undefined) return undefined
  const good = /^https?:\/\/./i.test(text) && URL.canParse(text)
  if (!good) problems.push(`${name} must be a URL that begins with http:// or https://: tracing is off`)
  return good
}

function readBatches(read: Read, problems: string[]): SpanBatches {
  const integer = (name: string, { fallback, min, max }: IntegerLimits): number => {
    const text = read(name) ?? String(fallback)
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    problems.push(`${name} must be a whole number from ${min} to ${max}: the value is ignored`)
    return fallback
  }
  const maxQueueSize = integer('OTEL_BSP_MAX_QUEUE_SIZE', { fallback: 2_048, min: 1, max: 100_000 })
  const batchSize = integer('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', { fallback: 512, min: 1, max: 100_000 })
  return {
    maxQueueSize,
    maxExportBatchSize: Math.min(batchSize, maxQueueSize),
    scheduledDelayMillis: integer('OTEL_BSP_SCHEDULE_DELAY', { fallback: 5_000, min: 1, max: 600_000 }),
    exportTimeoutMillis: integer('OTEL_BSP_EXPORT_TIMEOUT', { fallback: 30_000, min: 1, max: 600_000 }),
  }
}

type IntegerLimits = { readonly fallback: number; readonly min: number; readonly max: number }
