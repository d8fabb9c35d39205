import { readFileSync } from 'node:fs'
import type { Schema } from './bounds.js'
import { CHALLENGE_PATH, challengeOperation, challengeSchemas } from './challenge.js'
import type { Contract } from './contract.js'
import { errorResponses, errorSchema } from './errors.js'
import { operationOf } from './operations.js'
import { Schemas } from './schemas.js'

const DESCRIPTION = `Every method of the service as JSON over HTTP, by the [Connect protocol](https://connectrpc.com/docs/protocol):
\`POST\` the request as JSON to \`/benefits.v1.<Service>/<Method>\`.

- **Amounts** are whole centavos, as strings: \`"1000"\` is R$ 10.00. Requests may also have numbers.
- **Absent fields** of a request count as empty, 0 or false. The service rejects fields that it does not know.
- **A decline is an answer**: HTTP status 200, with a code and a reason. Any other status means that the request is
  wrong, that the caller may not make it, or that nothing was decided. After an error, sending the same request with
  the same \`transactionId\` again is always safe.
- **Streams**: AuthorizeStream is not here, as it needs HTTP/2: use gRPC. The three other streams are in envelopes, and
  say so.
- **Names**: the texts of errors name fields as the proto files do, such as \`account_id\` for \`accountId\`.
- **Limits**: the message of a request has at most 16 KiB, its JSON at most 64 KiB.`

const BEARER = `A JSON Web Token. Its claim \`scope\` names the scopes of the methods that it may call, with spaces between them; each
method names its scope. A token without the claim may call every method, unless the service demands scopes
(\`JWT_REQUIRE_SCOPE\`). \`./benefits token\` prints a token for development.`

/** Returns the OpenAPI document of the contract. */
export function openApiDocument(contract: Contract): Schema {
  const schemas = new Schemas(contract)
  // A stream in both directions needs HTTP/2, which the port does not speak.
  const methods = contract.services
    .flatMap((service) => service.methods)
    .filter(({ methodKind }) => methodKind !== 'bidi_streaming')
  const operations = methods.map((method) => operationOf(method, contract, schemas))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Benefits authorizer',
      version: version(),
      summary: 'Authorizes benefit-card purchases.',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The service that serves this document.' }],
    tags: [
      ...contract.services.map((service) => ({
        name: service.name,
        description: withoutBytes(contract.commentOf(service)),
      })),
      {
        name: 'Challenge',
        description: 'The endpoint of the challenge, and of its reference implementation.',
      },
    ],
    paths: { ...Object.fromEntries(operations), [CHALLENGE_PATH]: { post: challengeOperation } },
    components: {
      schemas: { ...schemas.components(), ...challengeSchemas, Error: errorSchema },
      responses: errorResponses(),
      parameters: {
        ConnectTimeoutMs: {
          name: 'Connect-Timeout-Ms',
          in: 'header',
          description: 'Time in milliseconds after which the caller no longer waits for the answer.',
          schema: { type: 'integer', minimum: 1, maximum: 9_999_999_999 },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: BEARER },
      },
    },
  }
}

/** Leaves out the paragraph on the encoding of messages, which is not that of JSON. */
function withoutBytes(comment: string): string {
  return comment
    .split('\n\n')
    .filter((paragraph) => !paragraph.startsWith('Bytes.'))
    .join('\n\n')
}

function version(): string {
  return JSON.parse(readFileSync('package.json', 'utf8')).version
}
