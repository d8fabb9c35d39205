/** The output of a process so far. */
type Output = { readonly what: string; readonly text: () => string }

const outputs: Output[] = []
const secrets = new Set<string>()

/** A shorter secret could occur in output by chance. */
const SECRET_LENGTH_MIN = 6

/** Patterns that no process may print, whether or not a test knows the value. */
const forbidden: readonly (readonly [what: string, form: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a token', /\beyJ[\w-]{10,}\.[\w-]{2,}/],
  ['an authorization header', /\bbearer +[\w.-]{16,}/i],
  ['an authorization field', /["']?authorization["']?[:=] *["'](?!\[redacted\])[^"']/i],
  ['a URI with a password', /\b[a-z][a-z+]*:\/\/[^\s/:@"]+:(?!\[redacted\])[^\s/@"]+@/i],
]

/** Forbids every process to print this text; returns it. */
export function secret(text: string): string {
  if (text.length >= SECRET_LENGTH_MIN) secrets.add(text)
  return text
}

/** The same for a token: the whole token, its claims and its signature. Its header is not secret. */
export function secretToken(token: string): string {
  for (const part of [token, ...token.split('.').slice(1)]) secret(part)
  return token
}

/** The same for the secrets in the environment of a process. */
export function secretsOfEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  const { JWT_SECRET, MONGODB_URI, OTEL_EXPORTER_OTLP_HEADERS } = env
  secret(JWT_SECRET ?? '')
  secret(OTEL_EXPORTER_OTLP_HEADERS?.split('=').at(-1) ?? '')
  const [, password] = /:\/\/[^/:@]*:([^/@]*)@/.exec(MONGODB_URI ?? '') ?? []
  secret(password ?? '')
}

/** Searches this output for secrets at the end of the test file. */
export function watchForLeaks(what: string, text: () => string): void {
  outputs.push({ what, text })
}

/**
 * Returns the findings in the watched outputs, and forgets the outputs. It includes neither the secret nor
 * the line, because it is printed, too.
 */
export function takeLeaks(): readonly string[] {
  return outputs.splice(0).flatMap(({ what, text }) => leaksIn(text()).map((leak) => `${what}: ${leak}`))
}

function leaksIn(text: string): readonly string[] {
  const known = [...secrets].filter((one) => text.includes(one))
  return [
    ...known.map((one) => `a secret of ${one.length} characters, at ${text.indexOf(one)}`),
    ...forbidden.flatMap(([what, form]) => {
      const place = text.search(form)
      return place < 0 ? [] : [`${what}, at ${place}`]
    }),
  ]
}
