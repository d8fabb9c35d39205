import { NEVER_PERMITTED_MCC, sandboxAccounts, sandboxRules, sandboxSteps } from '../sandbox.js'
import { methods } from '../service/methods.js'
import { ServiceFailure } from '../service/service-failure.js'
import type { Session } from '../session.js'
import { objectIn, sheetOf, textsIn } from '../terminal/sheet.js'

/**
 * Creates, through the service, accounts and merchants that produce each reason. Repeating it changes
 * nothing.
 */
export async function seedSandbox(session: Session): Promise<void> {
  await forbidMcc(session)
  for (const rule of sandboxRules) await addRule(session, rule)
  for (const { method, id, request } of sandboxSteps) await session.change(method, id, request)
  session.output.show({
    json: {
      accounts: sandboxAccounts.map(({ id, answers }) => ({ id, answers })),
      merchantRules: sandboxRules.map(({ id, name, mcc }) => ({ id, name, mcc })),
      neverPermitted: NEVER_PERMITTED_MCC,
    },
    parts: [
      sheetOf<(typeof sandboxAccounts)[number]>(
        [
          { name: 'account_id', title: 'account', value: ({ id }) => id },
          { name: 'answers', title: 'answers', value: ({ answers }) => answers },
        ],
        sandboxAccounts,
      ),
      sheetOf<(typeof sandboxRules)[number]>(
        [
          { name: 'name', title: 'merchant', value: ({ name }) => name },
          { name: 'mcc', title: 'MCC', value: ({ mcc }) => mcc },
        ],
        sandboxRules,
      ),
      `never permitted: ${NEVER_PERMITTED_MCC}`,
    ],
  })
}

/** Adds the MCC to the policy and keeps the others. */
async function forbidMcc(session: Session): Promise<void> {
  const policy = objectIn(await session.call(methods.getMccPolicy, {}), 'policy')
  const never = textsIn(policy, 'neverPermitted')
  if (never.includes(NEVER_PERMITTED_MCC)) return
  await session.call(methods.updateMccPolicy, {
    policy: { ...policy, neverPermitted: [...never, NEVER_PERMITTED_MCC] },
  })
}

/** Adds a rule unless its id exists, as after an earlier seed. */
async function addRule(session: Session, rule: (typeof sandboxRules)[number]): Promise<void> {
  try {
    await session.call(methods.createMerchantRule, {
      merchantRule: { ...rule, match: 'MERCHANT_RULE_MATCH_EXACT' },
    })
  } catch (error) {
    if (error instanceof ServiceFailure && error.reason === 'MERCHANT_RULE_EXISTS') return
    throw error
  }
}
