import { Readable } from 'node:stream'
import { Metadata, type ServerReadableStream, type ServerWritableStream } from '@grpc/grpc-js'
import { expect } from 'chai'
import type {
  MerchantRuleStore,
  StoredMerchantRule,
} from '../../../../src/application/catalog/merchant-rule-store.js'
import type {
  ExportMerchantRulesRequest,
  ExportMerchantRulesResponse,
  ImportMerchantRulesRequest,
  ImportMerchantRulesResponse,
} from '../../../../src/gen/benefits/v1/merchant_rule.js'
import { setCallContext } from '../../../../src/grpc/call-context.js'
import { merchantRuleFileHandlers } from '../../../../src/grpc/merchant-rule/merchant-rule-files.js'
import { PageGate } from '../../../../src/grpc/pages/page-gate.js'
import { systemClock } from '../../../../src/service/core.js'
import { FakeStream } from '../../../support/clients/fake-stream.js'
import { soon } from '../../application/soon.js'

const PIECES = 3

/** Messages that count as one chunk when they have no rules. */
const MESSAGES_PER_PIECE = 300

describe('files of merchant rules', () => {
  let turns: number
  let handlers: ReturnType<typeof merchantRuleFileHandlers>

  beforeEach(() => {
    turns = 0
    // Files use nothing else of the store.
    const store = {
      all: async function* (): AsyncGenerator<readonly StoredMerchantRule[]> {
        for (let piece = 0; piece < PIECES; piece++) yield []
      },
      replace: async () => ({ created: 0, changed: 0, unchanged: 0, ties: new Map(), full: false }),
    } as unknown as MerchantRuleStore
    handlers = merchantRuleFileHandlers({
      store,
      handlers: { clock: systemClock, durationMsMax: 60_000, onBug: () => {}, pages: new PageGate() },
      turns: {
        turn: async () => {
          turns += 1
        },
      },
    })
  })

  it('let purchases go first after each piece of an import', async () => {
    const metadata = new Metadata()
    setCallContext(metadata, { requestId: 'r-1', endsAtMs: Number.POSITIVE_INFINITY })
    const messages = Array.from({ length: PIECES * MESSAGES_PER_PIECE }, () => ({ merchantRules: [] }))
    const stream = Object.assign(Readable.from(messages), { metadata, cancelled: false })
    // Handlers use nothing else of a stream.
    const call = stream as unknown as ServerReadableStream<
      ImportMerchantRulesRequest,
      ImportMerchantRulesResponse
    >
    const answered = new Promise<unknown>((resolve) => {
      handlers.importMerchantRules(call, (error, response) => resolve(error ?? response))
    })
    expect(await answered).to.deep.include({ rejectedCount: 0n })
    expect(turns).to.equal(PIECES)
  })

  it('let purchases go first after each piece of an export', async () => {
    const stream = new FakeStream<ExportMerchantRulesRequest, ExportMerchantRulesResponse>()
    handlers.exportMerchantRules(
      stream.call as unknown as ServerWritableStream<ExportMerchantRulesRequest, ExportMerchantRulesResponse>,
    )
    await soon('the export has ended', () => stream.status !== undefined)
    expect(stream.status).to.equal('OK')
    expect(turns).to.equal(PIECES)
  })
})
