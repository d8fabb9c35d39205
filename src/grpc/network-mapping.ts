import {
  merchantIdForms,
  type NetworkData,
  type Product,
  printableForm,
  products,
  type Rail,
  rails,
  type TextForm,
} from '../domain/network.js'
import {
  type NetworkData as NetworkMessage,
  Product as ProductValue,
  Rail as RailValue,
} from '../gen/benefits/v1/network.js'
import type { RequestFields } from './request-fields.js'

type TextName = Exclude<keyof NetworkData, 'rail' | 'product'>

/** The rule for one text field: its name in the contract, its form, and the message for any other form. */
type TextRule = {
  readonly name: string
  readonly fits: (text: string) => boolean
  readonly description: string
}

/** The text fields in the order of the contract. */
const textRules = {
  merchantId: ruleOf('merchant_id', merchantIdForms.merchantId),
  merchantTaxId: ruleOf('merchant_tax_id', merchantIdForms.merchantTaxId),
  acquirerId: ruleOf('acquirer_id', merchantIdForms.acquirerId),
  terminalId: ruleOf('terminal_id', printableForm(16)),
  rrn: rule('rrn', /^[0-9A-Za-z]{1,12}$/, 'must be 1 to 12 characters from 0-9 A-Z a-z'),
  networkReference: rule('network_reference', /^[!-~]{1,64}$/, 'must be 1 to 64 visible ASCII characters'),
  currency: rule('currency', /^(?:[A-Z]{3}|[0-9]{3})$/, 'must be three letters A-Z or three digits'),
  entryMode: rule(
    'entry_mode',
    /^(?:[0-9A-Z]{3,4}|[0-9A-Z]{12})$/,
    'must be 3, 4 or 12 characters from 0-9 A-Z',
  ),
  localTime: {
    name: 'local_time',
    fits: isLocalTime,
    description: 'must be a date and time such as 2026-11-23T12:34:56',
  },
} as const satisfies Record<TextName, TextRule>

const texts = Object.entries(textRules) as readonly (readonly [TextName, TextRule])[]
const railsByValue = new Map<RailValue, Rail>(rails.map((rail) => [RailValue[rail], rail]))
const productsByValue = new Map<ProductValue, Product>(
  products.map((product) => [ProductValue[product], product]),
)

/**
 * Validates what the network sent with a purchase, and names each invalid field by its path, such as
 * `network.rrn`. Undefined: nothing, which an empty message means, too.
 */
export function networkIn(
  fields: RequestFields,
  path: string,
  message: NetworkMessage | undefined,
): NetworkData | undefined {
  if (message === undefined) return undefined
  const rail = railsByValue.get(message.rail)
  const product = productsByValue.get(message.product)
  fields.check(rail !== undefined || message.rail === RailValue.UNSPECIFIED, `${path}.rail`, 'must be a Rail')
  fields.check(
    product !== undefined || message.product === ProductValue.UNSPECIFIED,
    `${path}.product`,
    'must be a Product',
  )
  fields.check(product === undefined || rail === 'VOUCHER', `${path}.product`, 'is only for RAIL_VOUCHER')

  const network: { -readonly [Field in keyof NetworkData]: NetworkData[Field] } = {}
  if (rail !== undefined) network.rail = rail
  if (product !== undefined) network.product = product
  for (const [field, { name, fits, description }] of texts) {
    const text = message[field]
    if (text === '') continue
    fields.check(fits(text), `${path}.${name}`, description)
    network[field] = text
  }
  return Object.keys(network).length > 0 ? network : undefined
}

/** Writes network data. Undefined when there is none. */
export function networkMessage(network: NetworkData | undefined): NetworkMessage | undefined {
  if (network === undefined) return undefined
  const { rail, product } = network
  return {
    rail: rail === undefined ? RailValue.UNSPECIFIED : RailValue[rail],
    product: product === undefined ? ProductValue.UNSPECIFIED : ProductValue[product],
    merchantId: network.merchantId ?? '',
    merchantTaxId: network.merchantTaxId ?? '',
    acquirerId: network.acquirerId ?? '',
    terminalId: network.terminalId ?? '',
    rrn: network.rrn ?? '',
    networkReference: network.networkReference ?? '',
    currency: network.currency ?? '',
    entryMode: network.entryMode ?? '',
    localTime: network.localTime ?? '',
  }
}

function rule(name: string, pattern: RegExp, description: string): TextRule {
  return ruleOf(name, { pattern, description })
}

function ruleOf(name: string, { pattern, description }: TextForm): TextRule {
  return { name, fits: (text) => pattern.test(text), description }
}

function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(text)) return false
  // A date that does not exist is read as another one, or as none.
  const time = new Date(`${text}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}
