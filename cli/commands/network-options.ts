import type { JsonObject } from '@bufbuild/protobuf'
import type { Command, Option } from 'commander'
import { choiceOption, textOption } from '../options.js'
import { idOptions } from './merchant-ids.js'

const HELP_GROUP = 'Options for what the card network sends:'

const texts = {
  ...idOptions(),
  terminalId: textOption('--terminal-id <id>', 'id of the terminal (DE41)'),
  rrn: textOption('--rrn <number>', 'retrieval reference number (DE37)'),
  networkReference: textOption('--network-reference <id>', 'id that the network gave the transaction'),
  currency: textOption('--currency <code>', 'currency of the amount (DE49), such as BRL'),
  entryMode: textOption('--entry-mode <mode>', 'point of service entry mode (DE22)'),
  localTime: textOption('--local-time <time>', 'time at the terminal, such as 2026-11-23T12:34:56'),
} as const satisfies Readonly<Record<string, Option>>

const rail = choiceOption('--rail <rail>', 'function of the terminal', ['VOUCHER', 'CREDIT', 'DEBIT'])
const product = choiceOption('--product <product>', 'benefit product, with --rail voucher', [
  'MEAL_PAT',
  'FOOD_PAT',
  'CULTURE',
  'MEAL_CLT',
  'FOOD_CLT',
])

export type NetworkOptions = {
  readonly rail?: string
  readonly product?: string
} & { readonly [Name in keyof typeof texts]?: string }

/** Adds the options for the fields of NetworkData. */
export function takesNetworkData(command: Command): Command {
  for (const option of [rail, product, ...Object.values(texts)]) {
    command.addOption(option.helpGroup(HELP_GROUP))
  }
  return command
}

/** Builds the field `network` of a purchase; empty without any of the options. */
export function networkOf(options: NetworkOptions): JsonObject {
  const names = Object.keys(texts) as readonly (keyof typeof texts)[]
  const given = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]))
  const network = {
    ...(options.rail !== undefined && { rail: `RAIL_${options.rail}` }),
    ...(options.product !== undefined && { product: `PRODUCT_${options.product}` }),
    ...Object.fromEntries(given),
  }
  return Object.keys(network).length > 0 ? { network } : {}
}
