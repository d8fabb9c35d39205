import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { textArgument } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { words } from '../../terminal/output.js'
import { objectIn, objectsIn, sheetOf, textIn, wordIn } from '../../terminal/sheet.js'

const reasons: Readonly<Record<string, string>> = {
  PREFIX: 'passed over: an exact rule goes before a prefix',
  SHORTER: 'passed over: a rule with a longer name goes before',
  LESS_BOUND: 'passed over: a rule bound more closely goes before',
  ELSEWHERE: 'does not fit: it is for another city or country',
  NOT_WHOLE_NAME: 'does not fit: it is exact, and the name goes on',
  INSIDE_WORD: 'does not fit: it would end inside a word',
}

/** `benefits rules resolve`: which rule decides for a merchant, and why not another. */
export function addResolve(rules: Command): void {
  rules
    .command('resolve')
    .description('show which merchant rule decides for a merchant, and why not another')
    .argument('<merchant>', 'the merchant: ISO 8583 DE43, or a name', textArgument)
    .addHelpText('after', '\nExample:\n  ./benefits rules resolve "UBER EATS"')
    .action(async (merchant: string, _: unknown, command: Command) => {
      await withSession(command, async (session) => {
        const answer = await session.call(methods.resolveMerchant, { merchant })
        session.output.show({ json: answer, parts: [headline(answer), ruleSheet(answer)] })
      })
    })
}

function headline(answer: JsonObject): string {
  const place = ['name', 'city', 'country'].map((part) => textIn(answer, part)).filter((part) => part !== '')
  const decided = 'merchantRule' in answer ? '' : ': no rule covers it, so its MCC stands'
  return `merchant ${place.join(', ')}${decided}`
}

function ruleSheet(answer: JsonObject) {
  const looked = [
    ...('merchantRule' in answer
      ? [{ rule: objectIn(answer, 'merchantRule'), outcome: 'decides: it replaces the MCC' }]
      : []),
    ...objectsIn(answer, 'passedOver').map((passed) => {
      const reason = wordIn(passed, 'reason', 'PASSED_OVER_REASON')
      return { rule: objectIn(passed, 'merchantRule'), outcome: reasons[reason] ?? words(reason) }
    }),
  ]
  return sheetOf<(typeof looked)[number]>(
    [
      { name: 'id', title: 'rule', kind: 'whole', value: ({ rule }) => textIn(rule, 'id') },
      { name: 'match', title: 'match', value: ({ rule }) => wordIn(rule, 'match', 'MERCHANT_RULE_MATCH') },
      { name: 'name', title: 'name', kind: 'whole', value: ({ rule }) => textIn(rule, 'name') },
      { name: 'city', title: 'city', value: ({ rule }) => textIn(rule, 'city') },
      { name: 'country', title: 'country', value: ({ rule }) => textIn(rule, 'country') },
      { name: 'mcc', title: 'MCC', value: ({ rule }) => textIn(rule, 'mcc') },
      { name: 'outcome', title: 'what it does', value: ({ outcome }) => outcome },
    ],
    looked,
  )
}
