import fc from 'fast-check'
import { type NetworkData, products, rails } from '../../src/domain/network.js'

const localTime = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 19))
const texts = {
  merchantId: fc.stringMatching(/^[!-~]{1,15}$/),
  merchantTaxId: fc.stringMatching(/^[0-9A-Z]{14}$/),
  acquirerId: fc.stringMatching(/^[0-9]{1,11}$/),
  terminalId: fc.stringMatching(/^[!-~]{1,16}$/),
  rrn: fc.stringMatching(/^[0-9A-Za-z]{1,12}$/),
  networkReference: fc.stringMatching(/^[!-~]{1,64}$/),
  currency: fc.constantFrom('BRL', '986', 'USD', '840'),
  entryMode: fc.constantFrom('051', '0510', '510101A1134C'),
  localTime,
}

/** Any network data that a request may have: at least one field, and a product only of the voucher rail. */
export const networkData: fc.Arbitrary<NetworkData> = fc
  .oneof(
    fc.record(
      { rail: fc.constant('VOUCHER' as const), product: fc.constantFrom(...products), ...texts },
      { requiredKeys: ['rail'], noNullPrototype: true },
    ),
    fc.record({ rail: fc.constantFrom(...rails), ...texts }, { requiredKeys: [], noNullPrototype: true }),
  )
  .filter((network) => Object.keys(network).length > 0)
