import type { JsonObject } from '@bufbuild/protobuf'
import { type Sheet, sheetOf, textIn, wordIn } from '../../terminal/sheet.js'

/** Merchant rules, one a row. CSV of it can be imported. */
export function ruleSheet(rules: readonly JsonObject[]): Sheet {
  return sheetOf<JsonObject>(
    [
      { name: 'id', title: 'id', kind: 'whole', value: (rule) => textIn(rule, 'id') },
      { name: 'match', title: 'match', value: (rule) => wordIn(rule, 'match', 'MERCHANT_RULE_MATCH') },
      { name: 'covered', title: 'name or id', kind: 'whole', tableOnly: true, value: coveredBy },
      { name: 'name', value: (rule) => textIn(rule, 'name') },
      { name: 'city', title: 'city', value: (rule) => textIn(rule, 'city') },
      { name: 'country', title: 'country', value: (rule) => textIn(rule, 'country') },
      { name: 'mcc', title: 'MCC', value: (rule) => textIn(rule, 'mcc') },
      { name: 'merchant_tax_id', value: (rule) => textIn(rule, 'merchantTaxId') },
      { name: 'acquirer_id', value: (rule) => textIn(rule, 'acquirerId') },
      { name: 'merchant_id', value: (rule) => textIn(rule, 'merchantId') },
      { name: 'subject', title: 'changed by', tableOnly: true, value: (rule) => textIn(rule, 'subject') },
    ],
    rules,
  )
}

/** The merchants that a rule covers, for people: a name or ids. */
export function coveredBy(rule: JsonObject): string {
  const acquirer = textIn(rule, 'acquirerId')
  if (acquirer !== '') return `${textIn(rule, 'merchantId')} at acquirer ${acquirer}`
  return textIn(rule, 'merchantTaxId') || textIn(rule, 'name')
}
