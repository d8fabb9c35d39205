import type { Command } from 'commander'
import { withDatabase } from '../database.js'
import { exitCodes } from '../failure.js'
import type { GlobalOptions } from '../session.js'
import { Session } from '../session.js'
import { Progress } from '../terminal/progress.js'
import { sheetOf } from '../terminal/sheet.js'

/** `benefits verify`: checks the books in the database of MONGODB_URI, or in the local database. */
export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('check that the books in the database (MONGODB_URI, or the local one) explain every centavo')
    .option('--repair', 'post to the ledger the entries that a crash left in journals')
    .addHelpText('after', '\nExample:\n  ./benefits verify')
    .action(async ({ repair }: { repair?: boolean }, command: Command) => {
      const { config: here, output } = new Session(command.optsWithGlobals<GlobalOptions>())
      const { checkBooks } = await import('../../src/service/check-books.js')
      const found: { accountId: string; kind: string; detail: string }[] = []
      const summary = await withDatabase(here, async (config) => {
        let progress: Progress | undefined
        const checked = await checkBooks({
          config,
          repair: repair === true,
          onCount: (accounts) => {
            progress = new Progress(accounts, 'accounts')
          },
          onProgress: (accounts) => progress?.show(accounts),
          onDiscrepancy: (discrepancy) => {
            progress?.clear()
            found.push(discrepancy)
          },
        })
        progress?.clear()
        return checked
      })
      const discrepancies = sheetOf<(typeof found)[number]>(
        [
          { name: 'account_id', title: 'account', value: ({ accountId }) => accountId },
          { name: 'kind', title: 'discrepancy', value: ({ kind }) => kind },
          { name: 'detail', title: 'problem', value: ({ detail }) => detail },
        ],
        found,
      )
      output.show({
        json: {
          ...summary,
          found: found.map(({ accountId, kind, detail }) => ({ accountId, kind, detail })),
        },
        parts: [...(found.length > 0 ? [discrepancies] : []), summaryText(summary, found.length === 0)],
        csv: discrepancies,
      })
      if (found.length > 0) process.exitCode = exitCodes.declined
    })
}

function summaryText(summary: Readonly<Record<string, number>>, isRight: boolean): string {
  const figures = Object.entries(summary).map(([name, figure]) => `${figure} ${name}`)
  const verdict = isRight ? 'every centavo is explained' : 'the books have discrepancies'
  return `${verdict}: ${figures.join(', ')}`
}
