import type { IncomingMessage, ServerResponse } from 'node:http'

/** Names of the routes in metrics and log lines; "none" counts requests that no route answers. */
export const routeNames = ['rpc', 'challenge', 'console', 'docs', 'dev_token', 'none'] as const
export type RouteName = (typeof routeNames)[number]

/**
 * A part of the HTTP API: a page, a file, or a set of methods.
 *
 * The first route of the table that matches a path gets the request. It answers every method, also those that
 * it does not support. Preflights of CORS never reach a route.
 */
export type HttpRoute = {
  readonly name: RouteName
  /** Whether the route answers requests to this path. The path begins with "/" and has no query. */
  readonly matches: (path: string) => boolean
  /** Answers one request. A rejected promise is reported as a bug and answered 500. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>
}

/** Returns the path of a request without its query; undefined for a target that is not a path. */
export function pathOf({ url = '' }: IncomingMessage): string | undefined {
  return url.startsWith('/') ? url.split('?', 1)[0] : undefined
}
