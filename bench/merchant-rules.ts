import { normalise, parseMerchant } from '../src/domain/merchant.js'
import type { MerchantRule } from '../src/domain/merchant-rule.js'
import { MerchantRuleIndex } from '../src/domain/merchant-rule-index.js'
import { table } from '../tools/table.js'

/**
 * What finding the rule for a merchant costs with few rules and with many: `node --expose-gc --import tsx bench/merchant-rules.ts`.
 * Half of the merchants meet a rule. Near: always one of the same ten. Far: rules from all over, which no cache of the processor
 * holds.
 */

const COUNTS = [10, 1_000, 100_000]
/** Rules put in at a time. */
const CHUNK = 500
/** Measured in turns, so that whatever else the machine does falls on all of them alike. */
const ROUNDS = 30
const MERCHANTS_PER_ROUND = 40_000

/** Every third a prefix, every fourth bound to a city. */
function ruleAt(at: number): MerchantRule {
  const match = at % 3 === 0 ? 'PREFIX' : 'EXACT'
  const name = `LOJA ${at.toString(36)}${match === 'PREFIX' ? '' : ' COMERCIO'}`
  return {
    id: `rule-${at}`,
    match,
    name,
    mcc: '5411',
    ...(at % 4 === 0 && { city: 'São Paulo', country: 'BR' }),
  }
}

/** Every other one meets a rule, one of the first so many; the others meet none, by names of four words. */
function merchantsOf(rules: number): readonly string[] {
  return Array.from({ length: MERCHANTS_PER_ROUND }, (_, at) => {
    const { match, name } = ruleAt((at * 7_919) % rules)
    const known = match === 'PREFIX' ? `${name} CENTRO` : name
    const unknown = `PADARIA DO ZE ${(at % 2_000).toString(36)}`
    return `${normalise(at % 2 === 0 ? known : unknown).padEnd(25)}${'SAO PAULO'.padStart(12)} BR`
  })
}

const near = merchantsOf(10)

const indexes = COUNTS.map((count) => {
  const before = heapBytes()
  const startedMs = performance.now()
  const index = new MerchantRuleIndex()
  for (let start = 0; start < count; start += CHUNK) {
    const length = Math.min(CHUNK, count - start)
    const upserted = Array.from({ length }, (_, offset) => ruleAt(start + offset))
    index.apply({ upserted, deleted: [] })
  }
  const buildMs = performance.now() - startedMs
  const bytes = heapBytes() - before
  return { index, count, buildMs, bytes, far: merchantsOf(count), nearUs: 1e9, farUs: 1e9 }
})

// The best round is the one that was disturbed least.
for (let round = 0; round < ROUNDS; round++) {
  for (const measured of indexes) {
    measured.nearUs = Math.min(measured.nearUs, microsecondsPer(near, measured.index))
    measured.farUs = Math.min(measured.farUs, microsecondsPer(measured.far, measured.index))
  }
}

const least = indexes[0]?.nearUs ?? 0
console.log(
  table(
    ['rules', 'near: us', 'ratio', 'far: us', 'ratio', 'build ms', 'MB'],
    indexes.map(({ count, nearUs, farUs, buildMs, bytes }) => [
      String(count),
      nearUs.toFixed(2),
      (nearUs / least).toFixed(2),
      farUs.toFixed(2),
      (farUs / least).toFixed(2),
      buildMs.toFixed(0),
      (bytes / 1_000_000).toFixed(1),
    ]),
  ),
)

/** Of CPU time: what else the machine does is left out. */
function microsecondsPer(merchants: readonly string[], index: MerchantRuleIndex): number {
  const started = process.cpuUsage()
  let met = 0
  for (const text of merchants) {
    if (index.resolve(parseMerchant(text)) !== undefined) met += 1
  }
  const { user, system } = process.cpuUsage(started)
  if (met !== merchants.length / 2) throw new Error(`${met} of ${merchants.length} meet a rule`)
  return (user + system) / merchants.length
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
