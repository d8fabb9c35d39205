import { Code } from '@connectrpc/connect'
import { errorKinds } from '../../src/grpc/call-error.js'
import type { Schema } from './bounds.js'

/** The HTTP status of each code, as the Connect protocol maps them. */
const httpStatuses = {
  canceled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
} as const

type ConnectCode = keyof typeof httpStatuses

/** The schema of every error, as the Connect protocol writes it. */
export const errorSchema: Schema = {
  type: 'object',
  description:
    'An error: the request is malformed, the caller may not make it, or nothing was decided. A decline is no error.',
  properties: {
    code: { type: 'string', description: 'Code of the Connect protocol.', enum: Object.keys(httpStatuses) },
    message: { type: 'string', description: 'Explanation for people.' },
    details: {
      type: 'array',
      description:
        'One google.rpc.ErrorInfo with the reason; google.rpc.BadRequest with every wrong field of a malformed request; google.rpc.RetryInfo when a retry may help. Errors of the transport have none.',
      items: {
        type: 'object',
        properties: {
          type: { type: 'string', description: 'Type of the message.', examples: ['google.rpc.ErrorInfo'] },
          value: {
            type: 'string',
            contentEncoding: 'base64',
            description: 'The message, encoded, in base64 without padding.',
          },
          debug: {
            type: 'object',
            description: 'The same message as JSON.',
            additionalProperties: true,
          },
        },
        required: ['type', 'value'],
      },
    },
  },
  required: ['code'],
}

/** The error responses, by their HTTP status. Each lists its codes and the reasons that ErrorInfo can have. */
export function errorResponses(): Readonly<Record<string, Schema>> {
  const codes = Object.values(errorKinds).map(({ code }) => connectCode(code))
  // Only calls by gRPC and streams can have more than one message.
  const ofUnaryCalls = codes.filter((code) => code !== 'unimplemented')
  const statuses = [...new Set(ofUnaryCalls.map((code) => httpStatuses[code]))].sort()
  return Object.fromEntries(statuses.map((status) => [String(status), responseOf(status)]))
}

function responseOf(status: number): Schema {
  const reasons = Object.entries(errorKinds)
    .filter(([, { code }]) => httpStatuses[connectCode(code)] === status)
    .map(([reason, { code, message }]) => `- \`${connectCode(code)}\`, ${reason}: ${message}`)
  return {
    description: `Codes and reasons:\n\n${reasons.join('\n')}`,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  }
}

/** The numbers of gRPC's statuses are those of Connect's codes. */
function connectCode(status: number): ConnectCode {
  const name = (Code[status] ?? '').replaceAll(/(?<=.)([A-Z])/g, '_$1').toLowerCase()
  if (!(name in httpStatuses)) throw new Error(`the Connect protocol has no code ${status}`)
  return name as ConnectCode
}
