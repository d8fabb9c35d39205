import type { JsonObject } from '@bufbuild/protobuf'
import { type Method, methods } from './service/methods.js'

/** A request that sets the sandbox up. Its id is fixed, so the service carries it out once. */
export type SandboxStep = { readonly method: Method; readonly id: string; readonly request: JsonObject }

/** Balance that a wallet of the sandbox begins with, in centavos. */
const FUNDS = '100000000'

const FOOD_MCC = '5411'

/**
 * The accounts of the sandbox and their use. The guide for integrators lists the requests to make on each.
 */
export const sandboxAccounts = [
  { id: 'sandbox-paying', answers: 'APPROVED: 1,000,000.00 in each of FOOD, MEAL and CASH' },
  { id: 'sandbox-empty', answers: 'INSUFFICIENT_BALANCE: its wallets hold nothing' },
  { id: 'sandbox-blocked', answers: 'ACCOUNT_BLOCKED' },
  { id: 'sandbox-closed', answers: 'ACCOUNT_CLOSED' },
  {
    id: 'sandbox-limited',
    answers: 'AMOUNT_OVER_LIMIT: over 50.00 per purchase, or over 20.00 a day of FOOD',
  },
  { id: 'sandbox-reversals', answers: 'reversals: purchases to reverse, and some that cannot be reversed' },
  { id: 'sandbox-card-rail', answers: 'holds, captures, advices and refunds: 1,000,000.00 in FOOD' },
] as const

/** The merchant rules of the sandbox. */
export const sandboxRules = [
  { id: 'sandbox-mercado', name: 'SANDBOX MERCADO', mcc: FOOD_MCC },
  { id: 'sandbox-restaurante', name: 'SANDBOX RESTAURANTE', mcc: '5811' },
  { id: 'sandbox-cassino', name: 'SANDBOX CASSINO', mcc: '7995' },
] as const

/** The MCC of casinos. In the sandbox no wallet pays for it. */
export const NEVER_PERMITTED_MCC = '7995'

/** Opens, funds and changes the accounts, in this order. */
export const sandboxSteps: readonly SandboxStep[] = [
  ...sandboxAccounts.map(({ id }) => openStep(id)),
  ...['FOOD', 'MEAL', 'CASH'].map((category) => creditStep('sandbox-paying', category)),
  creditStep('sandbox-limited', 'FOOD'),
  creditStep('sandbox-reversals', 'FOOD'),
  creditStep('sandbox-card-rail', 'FOOD'),
  changeStep('sandbox-blocked', 'status', { status: 'ACCOUNT_STATUS_BLOCKED' }),
  changeStep('sandbox-closed', 'status', { status: 'ACCOUNT_STATUS_CLOSED' }),
  changeStep('sandbox-limited', 'limits', {
    limits: { purchaseMax: '5000', wallets: [{ category: 'FOOD', dayMax: '2000' }] },
  }),
  purchaseStep('sandbox-paid', '1000'),
  purchaseStep('sandbox-given-back', '1000'),
  reversalStep('sandbox-reversal-1', 'sandbox-given-back'),
  purchaseStep('sandbox-declined', '999999999999'),
  reversalStep('sandbox-reversal-2', 'sandbox-reversed-before'),
]

function openStep(accountId: string): SandboxStep {
  const id = 'sandbox-open'
  return { method: methods.createAccount, id, request: { accountId, requestId: id } }
}

function creditStep(accountId: string, category: string): SandboxStep {
  const id = `sandbox-load-${category}`
  return {
    method: methods.credit,
    id,
    request: { transactionId: id, accountId, category, amount: FUNDS },
  }
}

function changeStep(accountId: string, updateMask: string, change: JsonObject): SandboxStep {
  const id = `sandbox-${updateMask}`
  return {
    method: methods.updateAccount,
    id,
    request: { account: { id: accountId, ...change }, updateMask, requestId: id },
  }
}

function purchaseStep(id: string, amount: string): SandboxStep {
  const purchase = { transactionId: id, accountId: 'sandbox-reversals', amount, mcc: FOOD_MCC, merchant: '' }
  return { method: methods.authorize, id, request: purchase }
}

function reversalStep(id: string, originalTransactionId: string): SandboxStep {
  const reversal = { transactionId: id, accountId: 'sandbox-reversals', originalTransactionId }
  return { method: methods.reverse, id, request: reversal }
}
