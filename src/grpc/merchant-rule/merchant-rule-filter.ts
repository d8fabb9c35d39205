import type { MerchantRuleFilter } from '../../application/catalog/merchant-rule-store.js'
import { normalise } from '../../domain/merchant.js'
import { slotOf } from '../../domain/merchant-rule.js'
import { type ListMerchantRulesRequest, MerchantRuleMatch } from '../../gen/benefits/v1/merchant_rule.js'
import { RequestFields } from '../request-fields.js'
import { readMatch, readMerchantIds } from './merchant-rule-mapping.js'

/** Reads the filter of a list, normalised as rules are compared. */
export function readRuleFilter(request: ListMerchantRulesRequest): MerchantRuleFilter {
  const { namePrefix, city, country, mcc } = request
  const fields = new RequestFields()
  // An unknown enum number must not count as "any".
  const matchIsKnown = Object.values(MerchantRuleMatch).includes(request.match)
  fields.check(matchIsKnown, 'match', 'must be EXACT, PREFIX, TAX_ID, MERCHANT_ID or unset')
  fields.merchant('name_prefix', namePrefix)
  fields.merchant('city', city)
  fields.check(country === '' || /^[A-Za-z]{2}$/.test(country), 'country', 'must be two letters or unset')
  if (mcc !== '') fields.mcc('mcc', mcc)
  const ids = readMerchantIds(fields, request)
  fields.close()
  const match = readMatch(request.match)
  // Normalise the city and the country as those of a rule.
  const place = slotOf({
    id: '',
    match: 'EXACT',
    name: '',
    mcc: '',
    ...(city !== '' && { city }),
    ...(country !== '' && { country }),
  })
  return {
    ...(match && { match }),
    ...(namePrefix !== '' && { namePrefix: normalise(namePrefix) }),
    ...(place.city !== undefined && { city: place.city }),
    ...(place.country !== undefined && { country: place.country }),
    ...(mcc !== '' && { mcc }),
    ...ids,
  }
}
