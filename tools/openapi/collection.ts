import type { Schema } from './bounds.js'
import { type Folder, journey, type Step } from './journey.js'

const COLLECTION_SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

type Operation = { readonly path: string; readonly summary: string; readonly description: string }

/** Returns the Postman collection of a document: the journey, with the texts of its operations. */
export function postmanCollection(document: Schema): Schema {
  const operations = operationsOf(document)
  const unvisited = new Set(operations.keys())
  for (const { steps } of journey) for (const { operation } of steps) unvisited.delete(operation)
  if (unvisited.size > 0) throw new Error(`tools/openapi/journey.ts lacks ${[...unvisited].join(', ')}`)
  return {
    info: {
      name: 'Benefits authorizer',
      description: 'Run it whole, from top to bottom. The environment has the host and the token.',
      schema: COLLECTION_SCHEMA,
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: [
      { key: 'run', value: '0' },
      { key: 'policy', value: '{}' },
    ],
    item: journey.map((folder) => folderItem(folder, operations)),
  }
}

/** Returns the environment of a service on this machine. */
export function postmanEnvironment(): Schema {
  return {
    name: 'Local',
    values: [
      { key: 'host', value: 'http://localhost:8000', enabled: true },
      { key: 'token', value: '', type: 'secret', enabled: true },
    ],
  }
}

/** The operations that are requests and answers of one message, by their ids. */
function operationsOf(document: Schema): ReadonlyMap<string, Operation> {
  // The document is ours: `openApiDocument` has just made it.
  const paths = document['paths'] as Readonly<Record<string, { readonly post: Schema }>>
  const all = Object.entries(paths).map(([path, { post }]) => ({ path, ...post }) as Operation & Schema)
  const single = all.filter(({ requestBody }) => JSON.stringify(requestBody).includes('"application/json":'))
  return new Map(single.map((operation) => [String(operation['operationId']), operation]))
}

function folderItem({ name, steps }: Folder, operations: ReadonlyMap<string, Operation>): Schema {
  return { name, item: steps.map((step) => requestItem(step, operations.get(step.operation))) }
}

function requestItem(step: Step, operation: Operation | undefined): Schema {
  if (!operation) throw new Error(`the document has no operation ${step.operation}`)
  const { name, body, query, hasNoToken } = step
  const url = `{{host}}${operation.path}${query === undefined ? '' : `?${query}`}`
  return {
    name,
    event: [
      ...(step.before === undefined ? [] : [scriptEvent('prerequest', [step.before])]),
      scriptEvent('test', testLines(step)),
    ],
    request: {
      ...(hasNoToken && { auth: { type: 'noauth' } }),
      method: 'POST',
      url,
      header: [{ key: 'content-type', value: 'application/json' }],
      // A variable that holds JSON stands without quotes.
      body: { mode: 'raw', raw: JSON.stringify(body, undefined, 2).replaceAll(/"({{policy}})"/g, '$1') },
      description: `${operation.summary}.\n\n${operation.description}`,
    },
  }
}

function testLines({ status = 200, answer = {}, after }: Step): readonly string[] {
  const wanted = JSON.stringify(answer)
  return [
    'const answer = pm.response.json()',
    `pm.test('status ${status}', () => pm.response.to.have.status(${status}))`,
    // Many answers hold one object, such as an account: then its fields are meant.
    `const wanted = JSON.parse(pm.variables.replaceIn(${JSON.stringify(wanted)}))`,
    'const objects = [answer, ...Object.values(answer)].filter((each) => each !== null && typeof each === "object")',
    'const found = objects.find((each) => Object.keys(wanted).every((name) => name in each))',
    'for (const [name, value] of Object.entries(wanted)) {',
    "  pm.test(name + ' is ' + JSON.stringify(value), () => pm.expect(found?.[name]).to.eql(value))",
    '}',
    ...(after === undefined ? [] : [after]),
  ]
}

function scriptEvent(listen: 'prerequest' | 'test', exec: readonly string[]): Schema {
  return { listen, script: { type: 'text/javascript', exec } }
}
