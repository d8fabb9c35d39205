import { benefit, type Category, challengeCategories, freeBalance } from './category.js'
import { type MccPolicy, permissivePolicy } from './mcc-policy.js'
import { mccSet } from './mcc-set.js'
import type { Rail } from './network.js'

/** A ready-made set of categories and forbidden MCCs. Administrators can edit every part of it afterwards. */
export type CategoryProfile = MccPolicy & { readonly categories: readonly Category[] }

/** The rails of regulated money. Since February 2026 it pays only over the terminal's voucher function. */
const voucher: readonly Rail[] = ['VOUCHER']
/** The rails of all other money, which the voucher function does not take. */
const open: readonly Rail[] = ['CREDIT', 'DEBIT']

/**
 * The profiles by name: the challenge's, and a fuller one for Brazil. There the regulated categories are
 * closed vouchers: their network pays at once, and knows no holds.
 */
export const categoryProfiles: Readonly<Record<ProfileName, CategoryProfile>> = {
  challenge: { categories: challengeCategories, ...permissivePolicy },
  brazil: {
    categories: [
      benefit({
        id: 'FOOD',
        displayName: 'Alimentação',
        order: 10,
        mccs: '5411 5412 5422 5441 5451 5462 5499',
        rails: voucher,
        regulated: true,
        immediate: true,
      }),
      benefit({
        id: 'MEAL',
        displayName: 'Refeição',
        order: 20,
        mccs: '5811 5812 5814 5462',
        rails: voucher,
        regulated: true,
        immediate: true,
      }),
      benefit({
        id: 'MOBILITY',
        displayName: 'Mobilidade',
        order: 30,
        mccs: '4111 4112 4121 4131 4784 4789 5541 5542 7512 7523',
        rails: open,
      }),
      benefit({
        id: 'CULTURE',
        displayName: 'Cultura',
        order: 40,
        mccs: '5192 5733 5735 5815 5942 5994 7832 7922 7929 7991 7998',
        rails: voucher,
        regulated: true,
        immediate: true,
      }),
      benefit({
        id: 'HEALTH',
        displayName: 'Saúde',
        order: 50,
        mccs: '5912 5975 5976 8011 8021 8031 8041-8043 8049 8050 8062 8071 8099',
        rails: open,
      }),
      benefit({
        id: 'EDUCATION',
        displayName: 'Educação',
        order: 60,
        mccs: '5111 5942 5943 8211 8220 8241 8244 8249 8299',
        rails: open,
      }),
      benefit({
        id: 'HOME_OFFICE',
        displayName: 'Home office',
        order: 70,
        mccs: '4814 4816 4899 4900 5021 5045 5712 5722 5732 5734',
        rails: open,
      }),
      freeBalance({ id: 'CASH', displayName: 'Saldo livre', rails: open }),
    ],
    // Alcohol, tobacco, cash and cash equivalents, gambling.
    neverPermitted: mccSet(['5921', '5993', '6010', '6011', '6051', '6540', '7995']),
    // A terminal that sends one of these sells just that, whatever its merchant is called. Payment services
    // (6051, 6540) have names that merchant rules correct.
    neverPermittedAsReceived: mccSet(['5921', '5993', '6010', '6011', '7995']),
  },
}

export type ProfileName = 'challenge' | 'brazil'

/** Whether a profile has this name. */
export function isProfileName(text: string): text is ProfileName {
  return Object.hasOwn(categoryProfiles, text)
}
