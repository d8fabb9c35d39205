import type { JsonObject } from '@bufbuild/protobuf'
import { formatAmount } from '../amount.js'
import { type View, words } from '../terminal/output.js'
import { objectIn, objectsIn, sheetOf, textIn, wordIn } from '../terminal/sheet.js'

const walletOutcomes: Readonly<Record<string, string>> = {
  PAYS: 'pays the whole amount',
  INSUFFICIENT_BALANCE: 'has too little money',
  OVER_DAY_LIMIT: 'has the money, but the amount exceeds its daily limit',
  OVER_MONTH_LIMIT: 'has the money, but the amount exceeds its monthly limit',
  HOLDS_FULL: 'has the money, but the account has 64 open holds',
  NOT_ASKED: 'was not asked',
  WRONG_RAIL: 'was not asked: its category does not permit the rail',
}

const ruleOutcomes: Readonly<Record<string, string>> = {
  WON: 'applies: replaces the MCC',
  BY_MERCHANT_ID: 'not used: a rule with the tax id takes precedence',
  BY_NAME: 'not used: a rule with an id of the merchant takes precedence',
  PREFIX: 'not used: an exact rule takes precedence over a prefix',
  SHORTER: 'not used: a rule with a longer name takes precedence',
  LESS_BOUND: 'not used: a more specific rule takes precedence',
  TIE: 'not used: a rule of the same precedence has a lower id',
  ELSEWHERE: 'no match: the rule is for another city or country',
  NOT_WHOLE_NAME: 'no match: the rule is exact, and the name is longer',
  INSIDE_WORD: 'no match: the rule ends inside a word',
}

/** Texts of the decision rules, by their names in the contract without the prefix. */
const ruleTexts: Readonly<Record<string, string>> = {
  TRANSACTION_ID: 'the id: it was used before',
  ACCOUNT_STATUS: 'the status of the account',
  CAPTURED_BEFORE: 'captures of this id that came before it',
  REVERSED_BEFORE: 'reversals of this id that came before it',
  MCC: 'the MCC: no category pays for it',
  RAIL: 'the rail: no wallet for the MCC permits it',
  PURCHASE_LIMIT: 'the limit of the account for one purchase',
  WALLETS: 'the wallets below',
}

/** Shows a simulation to a support agent, who explains a purchase to a cardholder. CSV has the wallets. */
export function simulationView(simulation: JsonObject): View {
  const wallets = sheetOf<JsonObject>(
    [
      { name: 'category', title: 'wallet', value: (wallet) => textIn(wallet, 'category') },
      { name: 'balance', title: 'balance', kind: 'money', value: (wallet) => textIn(wallet, 'balance') },
      { name: 'day_left', title: 'left today', kind: 'money', value: (wallet) => textIn(wallet, 'dayLeft') },
      {
        name: 'month_left',
        title: 'left this month',
        kind: 'money',
        value: (wallet) => textIn(wallet, 'monthLeft'),
      },
      {
        name: 'outcome',
        title: 'effect',
        value: (wallet) => outcome(wallet, 'WALLET', walletOutcomes),
      },
    ],
    objectsIn(simulation, 'wallets'),
  )
  const rules = sheetOf<JsonObject>(
    [
      { name: 'merchant_rule', title: 'merchant rule', value: (rule) => textIn(rule, 'merchantRule') },
      { name: 'outcome', title: 'effect', value: (rule) => outcome(rule, 'RULE', ruleOutcomes) },
    ],
    objectsIn(simulation, 'rules'),
  )
  return {
    json: simulation,
    parts: [
      facts(simulation),
      ...(wallets.rows.length > 0 ? [wallets] : []),
      ...(rules.rows.length > 0 ? [rules] : []),
    ],
    csv: wallets,
  }
}

function facts(simulation: JsonObject): string {
  const merchant = objectIn(simulation, 'merchant')
  const place = ['name', 'city', 'country']
    .map((part) => textIn(merchant, part))
    .filter((part) => part !== '')
  const takenOff = textIn(simulation, 'earlyReversedAmount') || '0'
  const lines = [
    ['answer', answerText(simulation)],
    ['decided by', ruleText(simulation)],
    ['merchant', place.join(', ') || 'none was sent'],
    ['MCC', mccText(simulation)],
    ...(takenOff === '0'
      ? []
      : [['taken off', `${formatAmount(BigInt(takenOff))} by reversals and captures that came first`]]),
  ]
  return lines.map(([name = '', value = '']) => `${name.padEnd(12)}${value}`.trimEnd()).join('\n')
}

function answerText(simulation: JsonObject): string {
  if (!('answer' in simulation)) return 'error ALREADY_EXISTS: the id was used for a different request'
  const answer = objectIn(simulation, 'answer')
  const codes = `${textIn(answer, 'code')} (DE39 ${textIn(answer, 'iso8583Code')})`
  const again = answer['replayed'] === true ? ', as answered before' : ''
  const category = textIn(answer, 'category')
  if (category === '') return `${codes} declined: ${words(wordIn(answer, 'reason', 'REASON'))}${again}`
  if (textIn(answer, 'reason') === 'REASON_VERIFIED')
    return `${codes} verified: ${category} would pay${again}`
  const balance = formatAmount(BigInt(textIn(answer, 'balance') || '0'))
  const paid = formatAmount(BigInt(textIn(answer, 'approvedAmount') || '0'))
  return `${codes} approved: ${category} pays ${paid} and has ${balance} left${again}`
}

function ruleText(simulation: JsonObject): string {
  if (textIn(simulation, 'forbiddenBy') === 'MCC_LIST_NEVER_PERMITTED_AS_RECEIVED')
    return 'the MCC as received: no category pays for it, whatever the merchant'
  const rule = textIn(simulation, 'rule').replace('DECISION_RULE_', '')
  return ruleTexts[rule] ?? words(rule)
}

function mccText(simulation: JsonObject): string {
  const [mcc, answer] = [textIn(simulation, 'mcc'), objectIn(simulation, 'answer')]
  const rule = textIn(answer, 'merchantRule')
  return rule === '' ? mcc : `${mcc}, replaced by ${textIn(answer, 'effectiveMcc')}: merchant rule ${rule}`
}

function outcome(row: JsonObject, what: 'WALLET' | 'RULE', known: Readonly<Record<string, string>>): string {
  const word = wordIn(row, 'outcome', `${what}_OUTCOME`)
  return known[word] ?? words(word)
}
