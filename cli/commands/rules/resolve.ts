import type { JsonObject } from '@bufbuild/protobuf'
import type { Command } from 'commander'
import { Failure } from '../../failure.js'
import { textArgument } from '../../options.js'
import { methods } from '../../service/methods.js'
import { withSession } from '../../session.js'
import { words } from '../../terminal/output.js'
import { objectIn, objectsIn, sheetOf, textIn, wordIn } from '../../terminal/sheet.js'
import { type IdOptions, idOptions, idsOf } from '../merchant-ids.js'
import { coveredBy } from './rule-sheet.js'

const reasons: Readonly<Record<string, string>> = {
  BY_MERCHANT_ID: 'not used: a rule with the tax id takes precedence',
  BY_NAME: 'not used: a rule with an id of the merchant takes precedence',
  PREFIX: 'not used: an exact rule takes precedence over a prefix',
  SHORTER: 'not used: a rule with a longer name takes precedence',
  LESS_BOUND: 'not used: a more specific rule takes precedence',
  ELSEWHERE: 'no match: the rule is for another city or country',
  NOT_WHOLE_NAME: 'no match: the rule is exact, and the name is longer',
  INSIDE_WORD: 'no match: the rule ends inside a word',
}

/** `benefits rules resolve`: shows which rule applies to a merchant, and why others do not. */
export function addResolve(rules: Command): void {
  const resolve = rules
    .command('resolve')
    .description('show which merchant rule applies to a merchant, and why others do not')
    .argument('[merchant]', 'merchant: ISO 8583 DE43, or a name', textArgument)
  for (const option of Object.values(idOptions())) resolve.addOption(option)
  resolve
    .addHelpText(
      'after',
      '\nExamples:\n  ./benefits rules resolve "UBER EATS"\n  ./benefits rules resolve "UBER EATS" --merchant-tax-id 12.ABC.345/01DE-35',
    )
    .action(async (merchant: string | undefined, options: IdOptions, command: Command) => {
      if (merchant === undefined && Object.values(idsOf(options)).every((id) => id === ''))
        throw new Failure('name a merchant, or one of its ids')
      await withSession(command, async (session) => {
        const request = { merchant: merchant ?? '', ...idsOf(options) }
        const answer = await session.call(methods.resolveMerchant, request)
        session.output.show({ json: answer, parts: [headline(answer), ruleSheet(answer)] })
      })
    })
}

function headline(answer: JsonObject): string {
  const place = ['name', 'city', 'country'].map((part) => textIn(answer, part)).filter((part) => part !== '')
  const named = ['merchant', ...(place.length > 0 ? [place.join(', ')] : [])].join(' ')
  const decided = 'merchantRule' in answer ? '' : ': no rule applies, so its MCC stays'
  return `${named}${decided}`
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
      { name: 'name', title: 'name or id', kind: 'whole', value: ({ rule }) => coveredBy(rule) },
      { name: 'city', title: 'city', value: ({ rule }) => textIn(rule, 'city') },
      { name: 'country', title: 'country', value: ({ rule }) => textIn(rule, 'country') },
      { name: 'mcc', title: 'MCC', value: ({ rule }) => textIn(rule, 'mcc') },
      { name: 'outcome', title: 'effect', value: ({ outcome }) => outcome },
    ],
    looked,
  )
}
