import { expect } from 'chai'
import fc from 'fast-check'
import { freeTurns } from '../../../../src/application/engine/background-turns.js'
import { ListMerchantRulesResponse, MerchantRule } from '../../../../src/gen/benefits/v1/merchant_rule.js'
import { pageOf } from '../../../../src/grpc/pages/page.js'

const MIB = 1_024 * 1_024
/** The default limit of clients. */
const MESSAGE_BYTES_MAX = 4 * MIB

/** A rule whose subject has so many bytes. */
const ruleOf = (length: number): MerchantRule => ({
  ...MerchantRule.decode(new Uint8Array()),
  subject: 's'.repeat(length),
})

const page = (lengths: readonly number[], limit: number) =>
  pageOf(lengths, { limit, write: ruleOf, codec: MerchantRule, turns: freeTurns })

describe('page', () => {
  it('has all found items, and no last item when that is all', async () => {
    const { messages, last } = await page([1, 2, 3], 3)
    expect(messages.map(({ subject }) => subject.length)).to.deep.equal([1, 2, 3])
    expect(last).to.equal(undefined)
  })

  it('ends at its item limit, and names its last item', async () => {
    const { messages, last } = await page([1, 2, 3], 2)
    expect([messages.length, last]).to.deep.equal([2, 2])
  })

  it('ends at its byte limit, and names its last item', async () => {
    const { messages, last } = await page([MIB / 4, MIB / 4 + 1, MIB / 4 + 2, MIB / 4 + 3], 1_000)
    expect([messages.length, last]).to.deep.equal([3, MIB / 4 + 2])
  })

  it('has at least one item, of any size', async () => {
    const { messages, last } = await page([5 * MIB, 1], 1_000)
    expect([messages.length, last]).to.deep.equal([1, 5 * MIB])
  })

  it('reads its items and one more, to detect another page', async () => {
    const taken: number[] = []
    async function* items() {
      for (let length = 1; ; length++) {
        taken.push(length)
        yield length
      }
    }
    await pageOf(items(), { limit: 2, write: ruleOf, codec: MerchantRule, turns: freeTurns })
    expect(taken).to.deep.equal([1, 2, 3])
  })

  it('is empty when nothing was found', async () => {
    expect(await page([], 10)).to.deep.equal({ messages: [], last: undefined })
  })

  it('fits with its token into a message that any client accepts, and omits nothing', async () => {
    const lengths = fc.array(fc.oneof(fc.nat(300), fc.nat(MIB)), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 40 }), async (all, limit) => {
        let rest: readonly number[] = all
        let more = true
        while (more) {
          const { messages: merchantRules, last } = await page(rest.slice(0, limit + 1), limit)
          const response = { merchantRules, nextPageToken: 't'.repeat(512) }
          const bytes = ListMerchantRulesResponse.encode(response).finish().byteLength
          expect(bytes).to.be.at.most(MESSAGE_BYTES_MAX)
          expect(merchantRules.map(({ subject }) => subject.length)).to.deep.equal(
            rest.slice(0, merchantRules.length),
          )
          rest = rest.slice(merchantRules.length)
          more = last !== undefined
        }
        expect(rest).to.deep.equal([])
      }),
      { numRuns: 50 },
    )
  })
})
