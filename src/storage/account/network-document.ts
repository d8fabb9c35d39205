import { invariant } from '../../domain/invariant.js'
import {
  type NetworkData,
  networkFields,
  type Product,
  products,
  type Rail,
  rails,
} from '../../domain/network.js'

/** Network data as stored in an entry. Has only the fields that were received. */
export type NetworkDocument = {
  readonly rail?: Rail
  readonly product?: Product
  readonly merchant_id?: string
  readonly merchant_tax_id?: string
  readonly acquirer_id?: string
  readonly terminal_id?: string
  readonly rrn?: string
  readonly network_reference?: string
  readonly currency?: string
  readonly entry_mode?: string
  readonly local_time?: string
}

const storedNames = {
  rail: 'rail',
  product: 'product',
  merchantId: 'merchant_id',
  merchantTaxId: 'merchant_tax_id',
  acquirerId: 'acquirer_id',
  terminalId: 'terminal_id',
  rrn: 'rrn',
  networkReference: 'network_reference',
  currency: 'currency',
  entryMode: 'entry_mode',
  localTime: 'local_time',
} as const satisfies Record<keyof NetworkData, keyof NetworkDocument>

/** Writes network data. */
export function networkDocument(network: NetworkData): NetworkDocument {
  const document: Record<string, string> = {}
  for (const field of networkFields) {
    const value = network[field]
    if (value !== undefined) document[storedNames[field]] = value
  }
  return document
}

/**
 * Reads network data.
 *
 * @throws InvariantError when a field is no text, or its rail or product is unknown.
 */
export function networkDataIn(document: NetworkDocument): NetworkData {
  const network: Record<string, string> = {}
  for (const field of networkFields) {
    const value = document[storedNames[field]]
    if (value === undefined) continue
    invariant(typeof value === 'string', 'a field of network data is a text')
    network[field] = value
  }
  const { rail, product } = document
  invariant(rail === undefined || rails.includes(rail), 'the rail of a purchase is known')
  invariant(product === undefined || products.includes(product), 'the product of a purchase is known')
  return network
}
