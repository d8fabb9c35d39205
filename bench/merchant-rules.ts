import { normalise, parseMerchant } from '../src/domain/merchant.js'
import type { MerchantRule } from '../src/domain/merchant-rule.js'
import { MerchantRuleIndex } from '../src/domain/merchant-rule-index.js'
import { table } from '../tools/table.js'

/**
 * What finding the rule for a merchant costs with few rules and with many: `node --expose-gc --import tsx bench/merchant-rules.ts`.
 * Half of the merchants meet a rule. Near: always one of the same ten. Usual: as purchases come, the n-th busiest merchant n times less often
 * than the first (Zipf's law). Far: each time another rule, evenly from all over, which no cache of the processor holds.
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

/** Every other one meets a rule, the one that is drawn; the others meet none, by names of four words. */
function merchantsOf(drawn: (at: number) => number): readonly string[] {
  return Array.from({ length: MERCHANTS_PER_ROUND }, (_, at) => {
    const { match, name } = ruleAt(drawn(at))
    const known = match === 'PREFIX' ? `${name} CENTRO` : name
    const unknown = `PADARIA DO ZE ${(at % 2_000).toString(36)}`
    return `${normalise(at % 2 === 0 ? known : unknown).padEnd(25)}${'SAO PAULO'.padStart(12)} BR`
  })
}

/** Evenly among so many. */
function evenly(rules: number): (at: number) => number {
  return (at) => scattered(at, rules)
}

/** By Zipf's law, the busiest scattered among all. */
function byZipf(rules: number): (at: number) => number {
  // Numbers evenly from 0 to 1, and the rank that so great a part of all purchases falls on or before.
  return (at) => scattered(Math.floor(rules ** ((at * 0.618_033_988_749_895) % 1)) - 1, rules)
}

/** The place of the n-th of them: neighbours come to lie far apart. */
function scattered(n: number, rules: number): number {
  return (n * 7_919) % rules
}

const near = merchantsOf(evenly(10))

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
  const merchants = { near, usual: merchantsOf(byZipf(count)), far: merchantsOf(evenly(count)) }
  return { index, count, buildMs, bytes, merchants, us: { near: 1e9, usual: 1e9, far: 1e9 } }
})

// The best round is the one that was disturbed least.
for (let round = 0; round < ROUNDS; round++) {
  for (const measured of indexes) {
    const { us, merchants, index } = measured
    for (const which of ['near', 'usual', 'far'] as const) {
      us[which] = Math.min(us[which], microsecondsPer(merchants[which], index))
    }
  }
}

const [few] = indexes
console.log(
  table(
    ['rules', 'near: us', 'ratio', 'usual: us', 'ratio', 'far: us', 'ratio', 'build ms', 'MB'],
    indexes.map(({ count, us, buildMs, bytes }) => [
      String(count),
      ...(['near', 'usual', 'far'] as const).flatMap((which) => [
        us[which].toFixed(2),
        (us[which] / (few?.us[which] ?? 0)).toFixed(2),
      ]),
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
