import { textOption } from '../options.js'

/** The ids of a merchant, as options. */
export type IdOptions = {
  readonly merchantTaxId?: string
  readonly acquirerId?: string
  readonly merchantId?: string
}

/** Makes the options for the ids of a merchant, by the names of their values. */
export function idOptions() {
  return {
    merchantTaxId: textOption('--merchant-tax-id <cnpj>', 'tax id of the merchant (CNPJ)'),
    acquirerId: textOption('--acquirer-id <id>', 'acquirer of the merchant (ISO 8583 DE32)'),
    merchantId: textOption('--merchant-id <id>', 'id of the merchant at the acquirer (ISO 8583 DE42)'),
  } as const
}

/** The ids as fields of a request. */
export function idsOf({ merchantTaxId = '', acquirerId = '', merchantId = '' }: IdOptions) {
  return { merchantTaxId, acquirerId, merchantId }
}

/** The options as they were given, each with a space before it. */
export function idArguments({ merchantTaxId, acquirerId, merchantId }: IdOptions): readonly string[] {
  return [
    ['--merchant-tax-id', merchantTaxId],
    ['--acquirer-id', acquirerId],
    ['--merchant-id', merchantId],
  ].flatMap(([flag, value]) => (value === undefined ? [] : [` ${flag} ${JSON.stringify(value)}`]))
}
