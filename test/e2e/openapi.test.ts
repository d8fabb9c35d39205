import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import fc from 'fast-check'
import type { NetworkData } from '../../src/domain/network.js'
import { signToken } from '../support/clients/token.js'
import { fundedAccount } from '../support/database/accounts.js'
import { networkData } from '../support/network-data.js'
import { useHttpApi } from '../support/processes/service-fixture.js'
import { type Schema, SchemaArbitrary } from '../support/schema-arbitrary.js'

type Content = { readonly 'application/json'?: { readonly schema: Schema; readonly example: unknown } }
type Operation = {
  readonly operationId: string
  readonly requestBody: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>
}

const RUNS = 15
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/
const document = JSON.parse(readFileSync('.docs/openapi.json', 'utf8'))
const paths: readonly (readonly [string, { readonly post: Operation }])[] = Object.entries(document.paths)
/** The operations with one JSON document in each direction. */
const operations = paths
  .map(([path, { post }]) => ({ path, ...post }))
  .filter(({ requestBody }) => requestBody.content['application/json'])
const ofRpcs = operations.filter(({ path }) => path.startsWith('/benefits.v1.'))

/** Operations with rules across fields, which a schema cannot state: an admitted request may be malformed. */
const withFurtherRules = [
  'AuthorizationService_Reverse',
  'CardRailService_Increment',
  'CardRailService_Capture',
  'CardRailService_Advise',
  'CardRailService_Refund',
  'AccountService_UpdateAccount',
  'MerchantRuleService_CreateMerchantRule',
  'MerchantRuleService_UpdateMerchantRule',
  'CategoryService_UpsertCategory',
  'CategoryService_UpdateMccPolicy',
  'CategoryService_UpdateHoldPolicy',
]

describe('the OpenAPI document and the service', () => {
  const fixture = useHttpApi()
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { int32: true, int64: isInt64, 'date-time': TIME },
  })
  ajv.addSchema(document, 'document')
  const validators = new Map<string, ValidateFunction>()
  let arbitrary: SchemaArbitrary

  before(async () => {
    const accounts = [
      await fundedAccount(fixture().core, { FOOD: 5_000n, CASH: 10_000n }),
      await fundedAccount(fixture().core, { MEAL: 5_000n }),
    ]
    const accountId = fc.oneof(
      fc.constantFrom(...accounts),
      arbitraryOf('benefits.v1.GetAccountRequest/properties/accountId'),
    )
    arbitrary = new SchemaArbitrary(schemaAt, {
      accountId,
      // A schema cannot tell valid page tokens: only a list issues them.
      pageToken: fc.constant(''),
      // The pattern of a duration bounds its digits only: at most 31 days.
      expiresIn: fc.integer({ min: 1, max: 2_678_400 }).map((seconds) => `${seconds}s`),
      category: fc.constantFrom('FOOD', 'MEAL', 'CASH'),
      network: networkData.map(networkJson),
      merchantRule: arbitraryOf('benefits.v1.MerchantRule'),
      account: fc.record({ id: accountId, status: fc.constant('ACCOUNT_STATUS_ACTIVE') }),
    })
  })

  for (const operation of operations) {
    it(`agree on the answers to valid requests: ${operation.operationId}`, async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryOfRequests(operation), async (request) => {
          const { status, body } = await call(operation, request)
          expectAdmitted(operation, status, body)
          if (status === 400 && !withFurtherRules.includes(operation.operationId))
            expect(body['code'], JSON.stringify(body)).to.equal('failed_precondition')
        }),
        { numRuns: RUNS },
      )
    })

    it(`agree on the example: ${operation.operationId}`, () => {
      const { schema, example } = jsonOf(operation.requestBody.content)
      expectValid(schema, example)
    })
  }

  for (const operation of ofRpcs) {
    it(`agree that invalid requests are rejected: ${operation.operationId}`, async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryOfMalformedRequests(operation), async (request) => {
          const { status, body } = await call(operation, request)
          expectAdmitted(operation, status, body)
          expect(body['code'], JSON.stringify(body)).to.equal('invalid_argument')
        }),
        { numRuns: RUNS },
      )
    })
  }

  it('agree on calls without a token, and on calls without the scope', async () => {
    for (const operation of ofRpcs) {
      const { example } = jsonOf(operation.requestBody.content)
      const without = await call(operation, example, {})
      expectAdmitted(operation, without.status, without.body)
      expect(without.status).to.equal(401)
      const scopeless = await call(operation, example, {
        authorization: `Bearer ${signToken({ claims: { scope: 'none' } })}`,
      })
      expectAdmitted(operation, scopeless.status, scopeless.body)
      expect(scopeless.status).to.equal(403)
    }
  })

  function schemaAt(reference: string): Schema {
    return reference
      .slice('#/'.length)
      .split('/')
      .reduce((node, name) => node[name], document)
  }

  function arbitraryOf(name: string): fc.Arbitrary<unknown> {
    return new SchemaArbitrary(schemaAt, {}).of({ $ref: `#/components/schemas/${name}` })
  }

  function arbitraryOfRequests({ path, requestBody }: Operation & { path: string }): fc.Arbitrary<unknown> {
    const { schema, example } = jsonOf(requestBody.content)
    if (!path.startsWith('/benefits.v1.')) return fc.constant(example)
    const drawn = arbitrary.of(schema)
    return /\/(?:Authorize|Simulate)$/.test(path) ? drawn.map(withRightAmount) : drawn
  }

  /** Admitted requests in which one field has a value of another type, is missing or is unknown. */
  function arbitraryOfMalformedRequests(operation: Operation & { path: string }): fc.Arbitrary<unknown> {
    const { schema } = jsonOf(operation.requestBody.content)
    const { properties = {} } = schema.$ref === undefined ? schema : schemaAt(schema.$ref)
    const names = fc.constantFrom(...Object.keys(properties), 'unknown')
    const values = fc.constantFrom<unknown>(undefined, { a: 1 }, 'x', '', '-1', 'é\u0007', -1, [], [1])
    return fc
      .tuple(arbitraryOfRequests(operation), names, values)
      .map(([request, name, value]) => JSON.parse(JSON.stringify({ ...Object(request), [name]: value })))
      .filter((request) => !validatorOf(schema)(request))
  }

  async function call(
    { path }: { readonly path: string },
    request: unknown,
    headers: Readonly<Record<string, string>> = { authorization: `Bearer ${signToken()}` },
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const response = await fetch(`${fixture().service.apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(request),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }

  function expectAdmitted({ operationId, responses }: Operation, status: number, body: unknown): void {
    const declared = responses[status]
    if (!declared) throw new Error(`${operationId} declares no status ${status}: ${JSON.stringify(body)}`)
    const { content = {} } =
      declared.$ref === undefined ? declared : ({ ...schemaAt(declared.$ref) } as typeof declared)
    expectValid(jsonOf(content).schema, body)
  }

  function expectValid(schema: Schema, value: unknown): void {
    const validate = validatorOf(schema)
    expect(validate(value), `${JSON.stringify(value)}: ${ajv.errorsText(validate.errors)}`).to.equal(true)
  }

  function validatorOf(schema: Schema): ValidateFunction {
    const reference = `document${schema.$ref}`
    const known = validators.get(reference) ?? ajv.compile({ $ref: reference })
    validators.set(reference, known)
    return known
  }
})

/**
 * The amount must be 0 with a verification, and above 0 without one. A verification has no hold. A schema
 * cannot state that.
 */
function withRightAmount(request: unknown) {
  const {
    amount = '0',
    verification = false,
    hold,
    ...others
  }: { amount?: string; verification?: boolean; hold?: object } = Object(request)
  if (verification) return { ...others, verification, amount: '0' }
  return { ...others, ...(hold && { hold }), amount: amount === '0' ? '1' : amount }
}

/** Network data in JSON. */
function networkJson({ rail, product, ...texts }: NetworkData) {
  return {
    ...texts,
    ...(rail && { rail: `RAIL_${rail}` }),
    ...(product && { product: `PRODUCT_${product}` }),
  }
}

function isInt64(text: string): boolean {
  return /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

function jsonOf(content: Content): { readonly schema: Schema; readonly example: unknown } {
  const json = content['application/json']
  if (!json) throw new Error('the operation has no JSON')
  return json
}
