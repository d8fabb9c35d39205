import { once } from 'node:events'
import { Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import type {
  MerchantRuleStore,
  StoredMerchantRule,
} from '../../src/application/catalog/merchant-rule-store.js'
import { UndecidedError } from '../../src/application/errors.js'
import {
  type ExportMerchantRulesResponse,
  MerchantRuleServiceService,
} from '../../src/gen/benefits/v1/merchant_rule.js'
import { merchantRuleFileHandlers } from '../../src/grpc/merchant-rule/merchant-rule-files.js'
import { PageGate } from '../../src/grpc/pages/page-gate.js'
import { systemClock } from '../../src/service/core.js'
import { rpcErrorOf } from '../support/clients/rpc-error.js'
import { eventually } from '../support/eventually.js'
import { ruleOf } from '../unit/domain/builders.js'

const { path, requestSerialize, responseDeserialize } = MerchantRuleServiceService.exportMerchantRules

/** More than fits between a server and a caller that does not read. */
const PIECES = 300
const stored = (at: number): StoredMerchantRule => ({
  rule: ruleOf({ id: `r${at}`, name: 'N'.repeat(25), city: 'C'.repeat(99) }),
  version: 1n,
  changedAt: new Date(0),
  changedBy: 's'.repeat(1_000),
})

describe('a stream of responses', () => {
  let server: Server
  let client: Client
  let given = 0
  let ended = false
  let failAt = Number.POSITIVE_INFINITY

  /** Chunks of rules, counted as they are taken. */
  async function* all(): AsyncGenerator<readonly StoredMerchantRule[]> {
    try {
      for (given = 0; given < PIECES; given++) {
        if (given === failAt) throw new UndecidedError('UNAVAILABLE', 'the store is away')
        yield Array.from({ length: 50 }, (_, at) => stored(at))
      }
    } finally {
      ended = true
    }
  }

  before(async () => {
    const onBug = (error: unknown) => {
      throw error
    }
    const handlers = { clock: systemClock, durationMsMax: 10_000, onBug, pages: new PageGate() }
    const turns = { turn: () => new Promise<void>((resolve) => setImmediate(resolve)) }
    // Exports use nothing else of the store.
    const store = { all } as unknown as MerchantRuleStore
    server = new Server()
    server.addService(
      { exportMerchantRules: MerchantRuleServiceService.exportMerchantRules },
      { exportMerchantRules: merchantRuleFileHandlers({ store, handlers, turns }).exportMerchantRules },
    )
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      )
    })
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  })
  after(() => {
    client.close()
    server.forceShutdown()
  })
  beforeEach(() => {
    ended = false
    failAt = Number.POSITIVE_INFINITY
  })

  const begin = () => client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {})

  it('reaches a slow caller completely, and is produced no faster than it is read', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const stream = begin()
    const pieces: AsyncIterable<ExportMerchantRulesResponse> = stream
    let taken = 0
    let aheadMax = 0
    for await (const { merchantRules } of pieces) {
      expect(merchantRules).to.have.length(50)
      taken += 1
      aheadMax = Math.max(aheadMax, given - taken)
    }
    process.off('warning', onWarning)
    expect(taken).to.equal(PIECES)
    expect(aheadMax).to.be.below(PIECES / 2)
    expect(warnings).to.deep.equal([])
  })

  it('ends when its caller leaves', async () => {
    const stream = begin()
    await once(stream, 'data')
    stream.on('error', () => {})
    stream.cancel()
    await eventually('nothing more is read', () => ended)
    expect(given).to.be.below(PIECES)
  })

  it('ends with an error status when it cannot continue', async () => {
    failAt = 2
    const stream = begin().resume()
    const [error] = await once(stream, 'error')
    expect(rpcErrorOf(error)).to.deep.include({ code: 'UNAVAILABLE', retryAfterMs: 200 })
  })
})
