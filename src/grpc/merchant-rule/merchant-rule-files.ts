import { IMPORT_RULES_MAX, MerchantRuleImport } from '../../application/catalog/merchant-rule-import.js'
import type { MerchantRuleStore } from '../../application/catalog/merchant-rule-store.js'
import type { BackgroundTurns } from '../../application/engine/background-turns.js'
import { UndecidedError } from '../../application/errors.js'
import type {
  ExportMerchantRulesRequest,
  ExportMerchantRulesResponse,
  ImportMerchantRulesRequest,
  ImportMerchantRulesResponse,
} from '../../gen/benefits/v1/merchant_rule.js'
import { CallError } from '../call-error.js'
import { clientStreamHandler, type HandlerOptions, inTime, serverStreamHandler } from '../handlers.js'
import { UnreadableMessage } from '../request-decoder.js'
import { readRule, rejectionMessage, storedRuleMessage } from './merchant-rule-mapping.js'

/** Longest duration of an import or an export, in milliseconds. */
const FILE_MS_MAX = 180_000
/** Rules read between two turns. */
const PIECE_RULES = 300
/** Most rejected rules that the answer to an import lists. */
const REJECTED_MAX = 100

export type MerchantRuleFilesOptions = {
  readonly store: MerchantRuleStore
  readonly handlers: HandlerOptions
  /** Lets purchases go first after each piece of an import or export. */
  readonly turns: BackgroundTurns
}

/** The methods of benefits.v1.MerchantRuleService that import and export rules. */
export function merchantRuleFileHandlers({ store, handlers, turns }: MerchantRuleFilesOptions) {
  const options = { ...handlers, durationMsMax: FILE_MS_MAX }
  // One import at a time: it holds all its rules in memory until its end.
  let isImporting = false

  return {
    importMerchantRules: clientStreamHandler<ImportMerchantRulesRequest, ImportMerchantRulesResponse>(
      options,
      async (requests, call) => {
        if (isImporting) throw new CallError('OVERLOADED', { detail: 'another import is in progress' })
        isImporting = true
        try {
          const budget = call.budget()
          const proceed = () => {
            if (budget.remainingMs() <= 0)
              throw new UndecidedError('NO_TIME_LEFT', 'the import took too long')
          }
          const by = call.principal?.subject ?? ''
          const rules = new MerchantRuleImport({ store, by, proceed })
          // Bounded, so that a caller that stops sending does not block further imports.
          return await inTime(importAll(requests, rules, turns), budget.remainingMs())
        } finally {
          isImporting = false
        }
      },
    ),

    exportMerchantRules: serverStreamHandler<ExportMerchantRulesRequest, ExportMerchantRulesResponse>(
      options,
      async function* () {
        for await (const piece of store.all()) {
          yield { merchantRules: piece.map(storedRuleMessage) }
          await turns.turn()
        }
      },
    ),
  }
}

async function importAll(
  requests: AsyncIterable<ImportMerchantRulesRequest | UnreadableMessage>,
  rules: MerchantRuleImport,
  turns: BackgroundTurns,
): Promise<ImportMerchantRulesResponse> {
  let inPiece = 0
  for await (const request of requests) {
    if (request instanceof UnreadableMessage) throw request.error
    for (const message of request.merchantRules) rules.add(readRule(message))
    if (rules.count > IMPORT_RULES_MAX) throw new CallError('INVALID_REQUEST', { violations: [tooMany] })
    // A message costs something without a rule, too.
    inPiece += Math.max(1, request.merchantRules.length)
    if (inPiece < PIECE_RULES) continue
    inPiece = 0
    await turns.turn()
  }
  const { created, changed, unchanged, rejected, full } = await rules.finish()
  if (full) throw new CallError('MERCHANT_RULES_FULL')
  return {
    createdCount: BigInt(created),
    changedCount: BigInt(changed),
    unchangedCount: BigInt(unchanged),
    rejectedCount: BigInt(rejected.length),
    rejectedRules: rejected.slice(0, REJECTED_MAX).map(rejectionMessage),
  }
}

const tooMany = { field: 'merchant_rules', description: `must be at most ${IMPORT_RULES_MAX} in one import` }
