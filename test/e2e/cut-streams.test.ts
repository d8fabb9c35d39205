import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { FrameType } from '../../bench/h2/frames.js'
import { bearer, callHeaders, framed } from '../faults/hostile/calls.js'
import { dataFrame, frameOf, headersFrame, RawConnection } from '../faults/hostile/raw-connection.js'
import { purchase } from '../support/clients/client.js'
import { methodNamed } from '../support/clients/contract.js'
import { MerchantRuleCalls } from '../support/clients/merchant-rule-calls.js'
import { signToken } from '../support/clients/token.js'
import { eventually } from '../support/eventually.js'
import { readMetrics } from '../support/processes/metrics-page.js'
import { useService } from '../support/processes/service-fixture.js'

/** Times from the first message to the cut, in milliseconds. */
const CUT_AFTER_MS = [0, 1, 5, 34]
/** Error codes of HTTP/2. */
const [NO_ERROR, CANCEL] = [0, 8]

const rule = { id: 'half', match: 'MERCHANT_RULE_MATCH_EXACT', name: 'HALF', mcc: '5411' }
const credit = { transaction_id: 'half', account_id: 'nobody', amount: 1, category: 'CASH' }

const importing = methodOf('MerchantRuleService', 'ImportMerchantRules', { merchant_rules: [rule] })
const methods = [
  importing,
  methodOf('AccountService', 'BatchCredit', credit),
  methodOf('AuthorizationService', 'AuthorizeStream', purchase({})),
]
type Method = ReturnType<typeof methodOf>

function methodOf(service: string, name: string, request: object) {
  const { path, requestSerialize } = methodNamed<object, object>(`benefits.v1.${service}`, name)
  return { name, path, message: requestSerialize(request) }
}

describe('a stream of requests that is cut off', () => {
  const fixture = useService()
  const opened: MerchantRuleCalls[] = []
  after(() => {
    for (const client of opened) client.close()
  })

  function calls(): MerchantRuleCalls {
    const client = new MerchantRuleCalls(fixture().service.grpcAddress)
    opened.push(client)
    return client
  }

  const ruleIds = async () => (await calls().export()).map(({ id }) => id)

  /** Counts the calls of a method by status code, once all of them have ended. */
  async function endsOf({ name }: Method): Promise<Readonly<Record<string, number>>> {
    return await eventually(`every ${name} has ended`, async () => {
      const samples = [...(await readMetrics(fixture().service.httpUrl))].filter(
        ([sample, value]) => sample.includes(`grpc_method="${name}"`) && value > 0,
      )
      const started = samples.find(([sample]) => sample.startsWith('grpc_server_started_total'))
      const ended = samples.filter(([sample]) => sample.startsWith('grpc_server_handled_total'))
      const count = ended.reduce((sum, [, value]) => sum + value, 0)
      if (count !== (started?.[1] ?? 0)) return false
      return Object.fromEntries(
        ended.map(([sample, value]) => [/grpc_code="(\w+)"/.exec(sample)?.[1] ?? '', value]),
      )
    })
  }

  async function begin({ path, message }: Method) {
    const [host = '', port] = fixture().service.grpcAddress.split(':')
    const connection = await RawConnection.open({ host, port: Number(port) })
    if (!connection) throw new Error('the service closed the connection')
    const streamId = connection.newStreamId()
    const headers = callHeaders(path, [bearer({ token: signToken() })])
    connection.write(headersFrame(streamId, headers), dataFrame(streamId, framed(message)))
    return { connection, streamId }
  }

  async function reset(
    method: Method,
    afterMs: number,
    code: number,
    more: Buffer = Buffer.alloc(0),
  ): Promise<void> {
    const { connection, streamId } = await begin(method)
    await delay(afterMs)
    const error = Buffer.alloc(4)
    error.writeUInt32BE(code)
    const frame = frameOf({ type: FrameType.RST_STREAM, streamId }, error)
    connection.write(...(more.length > 0 ? [dataFrame(streamId, more), frame] : [frame]))
    await connection.ping(60_000)
    connection.close()
  }

  const cuts: Readonly<Record<string, (method: Method, afterMs: number) => Promise<void>>> = {
    'by a reset': (method, afterMs) => reset(method, afterMs, CANCEL),
    'by a reset without an error': (method, afterMs) => reset(method, afterMs, NO_ERROR),
    'by a reset in the middle of a message': (method, afterMs) =>
      reset(method, afterMs, CANCEL, framed(method.message).subarray(0, 7)),
    'with its connection': async (method, afterMs) => {
      const { connection } = await begin(method)
      await connection.ping(60_000)
      await delay(afterMs)
      connection.close()
      // At most one import runs at a time.
      await endsOf(method)
    },
  }

  for (const method of methods) {
    for (const [way, cut] of Object.entries(cuts)) {
      it(`ends as CANCELLED: ${method.name}, cut ${way}`, async () => {
        const before = await endsOf(method)
        for (const afterMs of CUT_AFTER_MS) await cut(method, afterMs)
        const { CANCELLED = 0, ...others } = await endsOf(method)
        expect(CANCELLED).to.be.above(before['CANCELLED'] ?? 0)
        expect(others).to.deep.equal({})
      })
    }
  }

  it('applies nothing, and allows the next import at once', async () => {
    await reset(importing, 0, CANCEL)
    const { response } = await calls().import([[{ ...rule, id: 'whole', name: 'WHOLE' }]])
    expect(response).to.include({ created_count: '1' })
    expect(await ruleIds()).to.deep.equal(['whole'])
  })

  // grpc-js itself sends an END_STREAM before its RST_STREAM.
  it('applies nothing when a client on Node.js cancels', async () => {
    for (const afterMs of CUT_AFTER_MS) {
      const { cancel, outcome } = calls().beginImport([[rule]])
      await delay(afterMs)
      cancel()
      expect((await outcome).response).to.equal(undefined)
    }
    const { OK = 0 } = await endsOf(importing)
    expect(OK).to.equal(1)
    expect(await ruleIds()).to.deep.equal(['whole'])
  })
})
