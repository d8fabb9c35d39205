/** The tracing settings that the service reads itself. The SDK reads OpenTelemetry's other variables. */
export type TracingSettings = {
  /** Whether anything is traced. OpenTelemetry is loaded only then. */
  readonly on: boolean
  readonly protocol: OtlpProtocol
  /**
   * Problems with the variables, by name and without values, which may be credentials. None prevents the
   * start.
   */
  readonly problems: readonly string[]
}

const protocols = ['http/protobuf', 'http/json', 'grpc'] as const
export type OtlpProtocol = (typeof protocols)[number]

/** Numbers that the SDK uses as they are. With 0 or less it drops spans without a log line. */
const counts = [
  'OTEL_BSP_MAX_QUEUE_SIZE',
  'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  'OTEL_BSP_EXPORT_TIMEOUT',
] as const

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
  for (const name of counts) {
    if (Number(read(name)) <= 0) problems.push(`${name} must be above 0: spans may be lost`)
  }
  return Object.freeze({
    on: wanted && !endpoints.includes(false),
    protocol,
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
