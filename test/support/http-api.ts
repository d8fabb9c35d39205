import { signToken } from './clients/token.js'

export type HttpOptions = {
  /** Sent unchanged as header `authorization`; null sends none. Default: "Bearer" and a valid token. */
  readonly authorization?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** An error in the JSON of the Connect protocol. */
export type JsonError = {
  readonly code: string
  readonly message: string
  readonly details?: readonly { readonly type: string; readonly debug?: Readonly<Record<string, unknown>> }[]
}

export type HttpAnswer = {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON. */
  readonly body: unknown
}

/** Calls a method by JSON over HTTP, as curl does: `benefits.v1.AccountService/GetAccount`. */
export async function callJson(
  apiUrl: string,
  method: string,
  request: object | string | Uint8Array<ArrayBuffer>,
  options: HttpOptions = {},
): Promise<HttpAnswer> {
  const isBytes = typeof request === 'string' || request instanceof Uint8Array
  const response = await fetch(`${apiUrl}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorizationOf(options), ...options.headers },
    body: isBytes ? request : JSON.stringify(request),
  })
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}

/** Calls the challenge endpoint, and returns its code and reason. */
export async function askChallenge(
  apiUrl: string,
  body: string,
  {
    query = '',
    path = '/v1/transactions/authorizer',
    ...options
  }: HttpOptions & {
    readonly query?: string
    readonly path?: string
  } = {},
): Promise<{
  readonly status: number
  readonly code: string
  readonly reason: string
  readonly headers: Headers
}> {
  const response = await fetch(`${apiUrl}${path}${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorizationOf(options), ...options.headers },
    body,
  })
  const { code } = JSON.parse(await response.text())
  const { status, headers } = response
  return { status, code, reason: headers.get('x-reason') ?? '', headers }
}

/** The reason in the ErrorInfo of an error; undefined without one. */
export function reasonIn(body: unknown): unknown {
  const { details = [] } = (body ?? {}) as Partial<JsonError> // Each field may be absent.
  return details.find(({ type }) => type === 'google.rpc.ErrorInfo')?.debug?.['reason']
}

/** Reads a body as an error. */
export function errorIn(body: unknown): JsonError {
  if (typeof body !== 'object' || body === null || !('code' in body) || !('message' in body)) {
    throw new Error(`no error: ${JSON.stringify(body)}`)
  }
  return body as JsonError // Every error has these two fields, checked above.
}

function authorizationOf({ authorization = `Bearer ${signToken()}` }: HttpOptions): Record<string, string> {
  return authorization === null ? {} : { authorization }
}
