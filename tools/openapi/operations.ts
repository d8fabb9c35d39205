import type { DescMethod } from '@bufbuild/protobuf'
import { methodScopes } from '../../src/grpc/tokens/method-scopes.js'
import type { Schema } from './bounds.js'
import type { Contract } from './contract.js'
import { exampleOf } from './examples.js'
import type { Schemas } from './schemas.js'

/** Error statuses that every method may answer. */
const COMMON_STATUSES = [400, 401, 403, 429, 500, 503, 504]
/** How a message of a stream is written. */
const ENVELOPE =
  'Each message is preceded by five bytes: one of flags and four of its length, big-endian. The last one of the response has the flag 2 and holds `{}`, or an `error`.'

/** Returns the path of a method and its operation. */
export function operationOf(
  method: DescMethod,
  contract: Contract,
  schemas: Schemas,
): readonly [string, Schema] {
  const path = `/${method.parent.typeName}/${method.name}`
  const scopes = methodScopes.get(path)
  if (scopes === undefined) throw new Error(`${path} has no scope`)
  const comment = contract.commentOf(method)
  const operation = {
    operationId: `${method.parent.name}_${method.name}`,
    tags: [method.parent.name],
    summary: summaryOf(comment),
    description: `${streamNote(method)}${comment}`,
    security: scopes.map((scope) => ({ bearer: [scope] })),
    parameters: [{ $ref: '#/components/parameters/ConnectTimeoutMs' }],
    requestBody: { required: true, content: requestContent(method, schemas) },
    responses: {
      200: { description: contract.commentOf(method.output), content: responseContent(method, schemas) },
      ...(method.methodKind === 'unary' && errorReferences(comment)),
    },
  }
  return [path, { post: operation }]
}

/** The first sentence without its full stop, on one line. */
function summaryOf(comment: string): string {
  const [first = ''] = comment.replaceAll(/\s+/g, ' ').split(/\.(?= |$)/)
  return first
}

function requestContent(method: DescMethod, schemas: Schemas): Schema {
  const { input } = method
  if (method.methodKind !== 'unary') return streamContent(schemas.reference(input))
  return { 'application/json': { schema: schemas.reference(input), example: exampleOf(method) } }
}

function responseContent(method: DescMethod, schemas: Schemas): Schema {
  const schema = schemas.reference(method.output)
  return method.methodKind === 'unary' ? { 'application/json': { schema } } : streamContent(schema)
}

/** The bytes of a stream are no JSON document: its schema says of what messages it consists. */
function streamContent(message: Schema): Schema {
  const schema = { description: ENVELOPE, contentMediaType: 'application/json', contentSchema: message }
  return { 'application/connect+json': { schema } }
}

function streamNote({ methodKind }: DescMethod): string {
  if (methodKind === 'unary') return ''
  return '**A stream**: `application/connect+json`, which this page cannot send. Use a client of Connect or gRPC.\n\n'
}

function errorReferences(comment: string): Schema {
  const statuses = [
    ...COMMON_STATUSES,
    ...(comment.includes('NOT_FOUND') ? [404] : []),
    ...(/ALREADY_EXISTS|ABORTED/.test(comment) ? [409] : []),
  ]
  return Object.fromEntries(
    statuses.sort().map((status) => [status, { $ref: `#/components/responses/${status}` }]),
  )
}
