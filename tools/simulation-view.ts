import type { JsonObject } from '@bufbuild/protobuf'
import { objectIn, objectsIn, reais, text } from './json-fields.js'
import { table } from './table.js'

const decidedBy: Readonly<Record<string, string>> = {
  RUNG_TRANSACTION_ID: 'the id, which was used before',
  RUNG_ACCOUNT_STATUS: 'the status of the account',
  RUNG_REVERSED_BEFORE: 'reversals that came first',
  RUNG_MCC: 'the MCC, which nothing pays for',
  RUNG_PURCHASE_LIMIT: 'the limit of one purchase',
  RUNG_WALLETS: 'the wallets',
}

const outcomes: Readonly<Record<string, string>> = {
  WALLET_OUTCOME_PAYS: 'pays',
  WALLET_OUTCOME_INSUFFICIENT_BALANCE: 'too little money',
  WALLET_OUTCOME_OVER_DAY_LIMIT: 'over its limit for the day',
  WALLET_OUTCOME_OVER_MONTH_LIMIT: 'over its limit for the month',
  WALLET_OUTCOME_NOT_ASKED: 'not asked',
}

const ruleOutcomes: Readonly<Record<string, string>> = {
  RULE_OUTCOME_WON: 'replaces the MCC',
  RULE_OUTCOME_PREFIX: 'no: an exact rule goes before a prefix',
  RULE_OUTCOME_SHORTER: 'no: a longer name goes before',
  RULE_OUTCOME_LESS_BOUND: 'no: one that is bound more closely goes before',
  RULE_OUTCOME_TIE: 'no: one of the same precedence with a lower id goes before',
  RULE_OUTCOME_ELSEWHERE: 'no: another city or country',
  RULE_OUTCOME_NOT_WHOLE_NAME: 'no: not the whole name',
  RULE_OUTCOME_INSIDE_WORD: 'no: it would end inside a word',
}

/** A simulation (SimulateResponse in the JSON mapping) for somebody who has to explain a purchase to its card holder. */
export function simulationView(simulation: JsonObject): string {
  const merchant = objectIn(simulation, 'merchant')
  const rung = text(simulation, 'rung')
  const place = ['name', 'city', 'country'].map((part) => text(merchant, part)).filter((part) => part !== '')
  const facts = [
    ['answer', answerText(simulation)],
    ['decided by', decidedBy[rung] ?? rung],
    ['merchant', place.join(', ') || 'none was sent'],
    ['MCC', mccText(simulation)],
    ...('earlyReversedAmount' in simulation
      ? [['taken off', `R$ ${reais(simulation, 'earlyReversedAmount')} by reversals that came first`]]
      : []),
  ]
  const wallets = objectsIn(simulation, 'wallets').map((wallet) => [
    text(wallet, 'category'),
    reais(wallet, 'balance', '0'),
    reais(wallet, 'dayLeft'),
    reais(wallet, 'monthLeft'),
    outcomes[text(wallet, 'outcome')] ?? text(wallet, 'outcome'),
  ])
  const rules = objectsIn(simulation, 'rules').map((rule) => [
    text(rule, 'merchantRule'),
    ruleOutcomes[text(rule, 'outcome')] ?? text(rule, 'outcome'),
  ])
  const lines = facts.map(([name = '', value = '']) => `${name.padEnd(12)}${value}`.trimEnd())
  if (rules.length > 0) lines.push('', table(['merchant rule', ''], rules))
  if (wallets.length > 0)
    lines.push('', table(['wallet', 'R$', 'left today', 'left this month', ''], wallets))
  return lines.join('\n')
}

function answerText(simulation: JsonObject): string {
  if (!('answer' in simulation)) return 'error ALREADY_EXISTS: the id was used for something else'
  const answer = objectIn(simulation, 'answer')
  const codes = `${text(answer, 'code')} (DE39 ${text(answer, 'iso8583Code')})`
  const again = answer['replayed'] === true ? ', as it was answered before' : ''
  const category = text(answer, 'category')
  if (category === '') return `${codes} ${text(answer, 'reason').replace('REASON_', '')}${again}`
  return `${codes} paid by ${category}, which has R$ ${reais(answer, 'balance', '0')} left then${again}`
}

function mccText(simulation: JsonObject): string {
  const [mcc, answer] = [text(simulation, 'mcc'), objectIn(simulation, 'answer')]
  const rule = text(answer, 'merchantRule')
  return rule === '' ? mcc : `${mcc}, made ${text(answer, 'effectiveMcc')} by merchant rule ${rule}`
}
