import {
  type NetworkData,
  type NetworkText,
  type NetworkTextRule,
  networkTextRules,
  type Product,
  products,
  type Rail,
  rails,
} from '../domain/network.js'
import {
  type NetworkData as NetworkMessage,
  Product as ProductValue,
  Rail as RailValue,
} from '../gen/benefits/v1/network.js'
import type { RequestFields } from './request-fields.js'

const texts = Object.entries(networkTextRules) as readonly (readonly [NetworkText, NetworkTextRule])[]
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
  for (const [field, { fits, description }] of texts) {
    const text = message[field]
    if (text === '') continue
    fields.check(fits(text), `${path}.${nameOf(field)}`, description)
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

/** The name of a field in the contract: `entry_mode` of `entryMode`. */
function nameOf(field: NetworkText): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
