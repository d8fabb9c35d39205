import { expect } from 'chai'
import fc from 'fast-check'
import { NetworkData as NetworkMessage, Product, Rail } from '../../../src/gen/benefits/v1/network.js'
import { CallError } from '../../../src/grpc/call-error.js'
import { networkIn, networkMessage } from '../../../src/grpc/network-mapping.js'
import { RequestFields } from '../../../src/grpc/request-fields.js'
import { networkData } from '../../support/network-data.js'

const { VOUCHER, CREDIT, DEBIT } = Rail
const empty = NetworkMessage.decode(new Uint8Array())
// A number that a later contract may have.
const unknown = 99 as never

const good: readonly (readonly [string, Partial<NetworkMessage>])[] = [
  ['the voucher rail', { rail: VOUCHER }],
  ['the credit rail', { rail: CREDIT }],
  ['the debit rail', { rail: DEBIT }],
  ['each product of the voucher rail', { rail: VOUCHER, product: Product.FOOD_CLT }],
  ['a merchant_id of one character', { merchantId: '1' }],
  ['a merchant_id of 15 characters, with a space in it', { merchantId: 'LOJA 0000000001' }],
  ['a merchant_tax_id of digits', { merchantTaxId: '12345678000195' }],
  ['a merchant_tax_id with letters', { merchantTaxId: '12ABC34501DE35' }],
  ['an acquirer_id of one digit', { acquirerId: '0' }],
  ['an acquirer_id of 11 digits', { acquirerId: '00012345678' }],
  ['a terminal_id of 8 characters', { terminalId: 'TERM0001' }],
  ['a terminal_id of 16 characters', { terminalId: '~'.repeat(16) }],
  ['an rrn of 12 characters', { rrn: '633412AbCz90' }],
  ['a network_reference of 64 characters', { networkReference: '~'.repeat(64) }],
  ['a currency of letters', { currency: 'BRL' }],
  ['a currency of digits', { currency: '986' }],
  ['a currency that accounts do not have', { currency: 'USD' }],
  ['an entry_mode of ISO 8583:1987', { entryMode: '051' }],
  ['an entry_mode of BASE I', { entryMode: '0510' }],
  ['an entry_mode of ISO 8583:1993', { entryMode: '510101A1134C' }],
  ['a local_time', { localTime: '2026-11-23T23:59:59' }],
  ['a local_time on the 29th of February of a leap year', { localTime: '2028-02-29T00:00:00' }],
]

const bad: readonly (readonly [string, Partial<NetworkMessage>])[] = [
  ['rail: an unknown number', { rail: unknown }],
  ['product: an unknown number', { rail: VOUCHER, product: unknown }],
  ['product: no rail', { product: Product.MEAL_PAT }],
  ['product: another rail', { rail: CREDIT, product: Product.MEAL_PAT }],
  ['merchant_id: 16 characters', { merchantId: 'x'.repeat(16) }],
  ['merchant_id: a space at its beginning', { merchantId: ' 1' }],
  ['merchant_id: a space at its end', { merchantId: '1 ' }],
  ['merchant_id: a space only', { merchantId: ' ' }],
  ['merchant_id: an accent', { merchantId: 'CAFÉ' }],
  ['merchant_id: a control character', { merchantId: 'a\tb' }],
  ['merchant_tax_id: 13 characters', { merchantTaxId: '1234567800019' }],
  ['merchant_tax_id: 15 characters', { merchantTaxId: '123456780001955' }],
  ['merchant_tax_id: a small letter', { merchantTaxId: '12abc34501de35' }],
  ['merchant_tax_id: punctuation', { merchantTaxId: '12.345.678/000' }],
  ['acquirer_id: 12 digits', { acquirerId: '123456789012' }],
  ['acquirer_id: a letter', { acquirerId: '12A' }],
  ['acquirer_id: a new line at its end', { acquirerId: '12\n' }],
  ['terminal_id: 17 characters', { terminalId: 'x'.repeat(17) }],
  ['terminal_id: a space at its end', { terminalId: 'TERM1   ' }],
  ['rrn: 13 characters', { rrn: '1'.repeat(13) }],
  ['rrn: a space', { rrn: '1 2' }],
  ['network_reference: 65 characters', { networkReference: '1'.repeat(65) }],
  ['network_reference: a space', { networkReference: '1 2' }],
  ['currency: small letters', { currency: 'brl' }],
  ['currency: two letters', { currency: 'BR' }],
  ['currency: letters and digits', { currency: 'B86' }],
  ['currency: four digits', { currency: '0986' }],
  ['entry_mode: two characters', { entryMode: '05' }],
  ['entry_mode: five characters', { entryMode: '05100' }],
  ['entry_mode: 13 characters', { entryMode: '0'.repeat(13) }],
  ['entry_mode: a small letter', { entryMode: '05a' }],
  ['local_time: a date that does not exist', { localTime: '2026-02-29T12:00:00' }],
  ['local_time: an hour that does not exist', { localTime: '2026-02-28T24:00:00' }],
  ['local_time: a second that does not exist', { localTime: '2026-02-28T12:00:60' }],
  ['local_time: a month that does not exist', { localTime: '2026-13-01T12:00:00' }],
  ['local_time: a time zone', { localTime: '2026-11-23T12:34:56Z' }],
  ['local_time: fractions of a second', { localTime: '2026-11-23T12:34:56.7' }],
  ['local_time: no date', { localTime: '12:34:56' }],
]

describe('network data on the wire', () => {
  for (const [what, message] of good) {
    it(`may have ${what}`, () => {
      expect(violationsOf(message)).to.deep.equal([])
    })
  }

  for (const [what, message] of bad) {
    it(`must not have ${what}`, () => {
      expect(violationsOf(message)).to.deep.equal([`network.${what.split(':')[0]}`])
    })
  }

  it('has every bad field named, in the order of the contract', () => {
    const message = { rail: unknown, merchantId: ' ', rrn: '!', localTime: 'now' }
    expect(violationsOf(message)).to.deep.equal([
      'network.rail',
      'network.merchant_id',
      'network.rrn',
      'network.local_time',
    ])
  })

  it('that is empty is the same as none', () => {
    expect(read(empty)).to.equal(undefined)
    expect(read(undefined)).to.equal(undefined)
    expect(networkMessage(undefined)).to.equal(undefined)
  })

  it('comes back as it went out, whatever fields it has', () => {
    fc.assert(
      fc.property(networkData, (network) => {
        const bytes = NetworkMessage.encode(networkMessage(network) ?? empty).finish()
        expect(read(NetworkMessage.decode(bytes))).to.deep.equal(network)
      }),
    )
  })
})

function read(message: NetworkMessage | undefined) {
  const fields = new RequestFields()
  const network = networkIn(fields, 'network', message)
  fields.close()
  return network
}

/** The paths of the fields that are reported. */
function violationsOf(message: Partial<NetworkMessage>): readonly string[] {
  try {
    read({ ...empty, ...message })
    return []
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return error.violations.map(({ field }) => field)
  }
}
