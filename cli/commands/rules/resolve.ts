import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { textArgument } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { words } from '../../terminal/output.js'
import { objectIn, objectsIn, sheetOf, textIn, wordIn } from '../../terminal/sheet.js'

const reasons: Readonly<Record<string, string>> = {
  PREFIX: 'not used: an exact rule takes precedence over a prefix',
  SHORTER: 'not used: a rule with a longer name takes precedence',
  LESS_BOUND: 'not used: a more specific rule takes precedence',
  ELSEWHERE: 'no match: the rule is for another city or country',
  NOT_WHOLE_NAME: 'no match: the rule is exact, and the name is longer',
  INSIDE_WORD: 'no match: the rule ends inside a word',
}

/** `benefits rules resolve`: shows which rule applies to a merchant, and why others do not. */
export function addResolve(rules: Command): void {
  rules
    .command('resolve')
    .description('show which merchant rule applies to a merchant, and why others do not')
    .argument('<merchant>', 'merchant: ISO 8583 DE43, or a name', textArgument)
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
  const decided = 'merchantRule' in answer ? '' : ': no rule applies, so its MCC stays'
  return `merchant ${place.join(', ')}${decided}`
}

function ruleSheet(answer: JsonObject) {
  const looked = [
    ...('merchantRule' in answer
      ? [{ rule: objectIn(answer, 'merchantRule'), outcome: 'applies: replaces the MCC' }]
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
      { name: 'outcome', title: 'effect', value: ({ outcome }) => outcome },
    ],
    looked,
  )
}
