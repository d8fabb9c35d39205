import type { ServerResponse } from 'node:http'

/** An error in the form of the Connect protocol. */
export type JsonError = {
  /** Status of the HTTP response. */
  readonly status: number
  /** Name of the gRPC status in lower case, for example "invalid_argument". */
  readonly code: string
  /** A sentence for people. */
  readonly message: string
}

/** Answers a request with an error as JSON, as Connect's clients expect it. */
export function respondError(response: ServerResponse, { status, code, message }: JsonError): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ code, message }))
}
