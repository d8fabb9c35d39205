import { once } from 'node:events'
import type { Command } from 'commander'
import { MerchantRuleServiceService } from '../../../src/gen/benefits/v1/merchant_rule.js'
import { terminalLines } from '../../../src/observability/logging/terminal-text.js'
import { Failure } from '../../failure.js'
import { BYTE_ORDER_MARK, csvText, NewFile } from '../../files/csv-writer.js'
import { choiceOption, textOption } from '../../options.js'
import { methods } from '../../service/methods.js'
import { type Session, withSession } from '../../session.js'
import { ruleCells, ruleColumns } from './rule-file.js'

/** Longest time that the export may take, in milliseconds. */
const EXPORT_MS_MAX = 180_000

const separators: Readonly<Record<string, string>> = { comma: ',', semicolon: ';', tab: '\t' }

type Options = { readonly separator?: string; readonly file?: string }

/** `benefits rules export`: exports every rule as CSV, which `rules import` reads back unchanged. */
export function addExport(rules: Command): void {
  rules
    .command('export')
    .description('export all merchant rules as CSV, safe to open in a spreadsheet and to import again')
    .addOption(textOption('--file <file>', 'new file (default: standard output)'))
    .addOption(choiceOption('--separator <name>', 'separator of cells', Object.keys(separators)))
    .addHelpText('after', '\nExample:\n  ./benefits rules export --file rules.csv --separator semicolon')
    .action(async (options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const { format, isChosen } = session.output
        if (isChosen && format !== 'csv' && format !== 'excel')
          throw new Failure('an export is always CSV: for other formats use rules list')
        const separator = options.separator ?? (format === 'excel' ? 'semicolon' : 'comma')
        await exportRules(session, { ...options, separator })
      })
    })
}

async function exportRules(
  session: Session,
  { separator, file }: Options & { readonly separator: string },
): Promise<void> {
  const target = file === undefined ? undefined : new NewFile(file)
  const print = target ? async (text: string) => target.write(text) : printed
  const csv = (records: readonly (readonly string[])[]) => csvText(records, separators[separator])
  try {
    const parts = session.connection.readStream(MerchantRuleServiceService.exportMerchantRules, {
      scope: methods.exportMerchantRules.scope,
      request: {},
      timeoutMs: session.timeoutMs ?? EXPORT_MS_MAX,
    })
    let text = (process.stdout.isTTY && !target ? '' : BYTE_ORDER_MARK) + csv([ruleColumns])
    for await (const { merchantRules } of parts) {
      await print(text + csv(merchantRules.map(ruleCells)))
      text = ''
    }
    await print(text)
  } finally {
    target?.close()
  }
}

/** Waits until standard output has room. */
async function printed(text: string): Promise<void> {
  const shown = process.stdout.isTTY ? terminalLines(text) : text
  if (!process.stdout.write(shown)) await once(process.stdout, 'drain')
}
