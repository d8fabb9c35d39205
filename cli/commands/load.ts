import { status } from '@grpc/grpc-js'
import type { Command } from 'commander'
import { formatAmount } from '../amount.js'
import { exitCodes, Failure } from '../failure.js'
import { NewFile } from '../files/csv-writer.js'
import { count, inFileOrder, writeRejects } from '../files/rejected-line.js'
import { CreditSender } from '../load/credit-sender.js'
import {
  type CategoryState,
  type Credit,
  type LoadFile,
  loadColumns,
  readLoadFile,
} from '../load/load-file.js'
import { type LoadSummary, summaryView, sumOf, totalsSheet } from '../load/load-summary.js'
import { textArgument, textOption } from '../options.js'
import { methods } from '../service/methods.js'
import { ServiceFailure } from '../service/service-failure.js'
import { type Session, withSession } from '../session.js'
import { objectsIn, textIn } from '../terminal/sheet.js'
import { badText, FIRST_ANSWER_MS_MAX, isConfirmed, PATIENCE_MS, resumable, runFile } from './file-run.js'

type Options = {
  readonly yes?: boolean
  readonly partial?: boolean
  readonly paysOwed?: boolean
  readonly rejects?: string
}

/** `benefits load`: credits the lines of a file, each exactly once, across failures and restarts. */
export function addLoad(program: Command): void {
  program
    .command('load')
    .description(`credit wallets from a file; columns ${loadColumns.join(',')}`)
    .argument('<file>', 'CSV file, as spreadsheets write it', textArgument)
    .option('--yes', 'do not ask for confirmation')
    .option('--partial', 'credit the valid lines even if others are invalid')
    .option('--pays-owed', 'first pay what the wallets owe')
    .addOption(textOption('--rejects <file>', 'write rejected lines to a new file'))
    .addHelpText(
      'after',
      '\nLoading the same file again credits nothing twice. --timeout limits the time without any answer (300).\n\nExample:\n  ./benefits load load.csv --rejects rejects.csv',
    )
    .action(async (path: string, options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const rejects = options.rejects === undefined ? undefined : new NewFile(options.rejects)
        try {
          const file = readLoadFile(path, await categoryStates(session), options)
          const outcome = await load(session, { path, file, options })
          if (rejects)
            writeRejects(rejects, outcome.summary.rejected, {
              columns: loadColumns,
              separator: file.separator,
            })
          finish(session, outcome)
        } finally {
          rejects?.close()
        }
      })
    })
}

type Outcome = { readonly summary: LoadSummary; readonly problem: Failure | undefined }

async function load(
  session: Session,
  { path, file, options }: { path: string; file: LoadFile; options: Options },
): Promise<Outcome> {
  const { credits, bad, unused } = file
  if (credits.length + bad.length === 0) throw new Failure(`${path} holds no credits`)
  if (unused.length > 0) session.output.note(`unused columns: ${unused.join(', ')}`)
  const untouched = { ...nothing, rejected: bad, notTried: credits.length }
  if (bad.length > 0 && !options.partial)
    return {
      summary: untouched,
      problem: new Failure(`${path}: nothing was credited, ${badText(bad.length)}`),
    }
  if (credits.length === 0) return { summary: untouched, problem: undefined }
  session.output.note(totalsSheet(credits))
  const question = `Credit ${formatAmount(sumOf(credits))} in ${count(credits.length)} credits?`
  if (!options.yes && !(await isConfirmed(question)))
    return { summary: untouched, problem: new Failure('nothing was credited: the load was not confirmed') }
  const { summary, problem } = await send(session, credits)
  const rejected = inFileOrder([...bad, ...summary.rejected])
  return { summary: { ...summary, rejected }, problem }
}

const nothing: LoadSummary = {
  credited: 0,
  creditedAmount: 0n,
  alreadyThere: 0,
  rejected: [],
  unsure: 0,
  notTried: 0,
}

async function send(session: Session, credits: readonly Credit[]): Promise<Outcome> {
  const { connection, timeoutMs: patienceMs = PATIENCE_MS } = session
  return await runFile(session, { lines: credits.length, noun: 'load', parts: 'credits' }, (run) =>
    new CreditSender({ connection, patienceMs, ...run }).send(credits),
  )
}

/** Shows the summary, whatever happened, and sets the exit code. */
function finish(session: Session, { summary, problem }: Outcome): void {
  session.output.show(summaryView(summary))
  const { credited, alreadyThere, rejected, unsure } = summary
  if (problem) {
    // A file that was rejected or not confirmed cannot be continued.
    const isBegun = credited + alreadyThere + unsure > 0 || problem.exitCode === exitCodes.noAnswer
    throw isBegun ? resumable(problem, 'credits nothing twice') : problem
  }
  if (rejected.length > 0) process.exitCode = exitCodes.declined
}

/** Lists the categories that accept credits; undefined when the token lacks the scope. */
async function categoryStates(session: Session): Promise<ReadonlyMap<string, CategoryState> | undefined> {
  try {
    const timeoutMs = session.timeoutMs ?? FIRST_ANSWER_MS_MAX
    const answer = await session.call(methods.listCategories, { pageSize: 1_000 }, { timeoutMs })
    return new Map(
      objectsIn(answer, 'categories').map((category) => [
        textIn(category, 'id'),
        category['creditsClosed'] === true ? 'CLOSED' : 'OPEN',
      ]),
    )
  } catch (error) {
    if (error instanceof ServiceFailure && error.code === status.PERMISSION_DENIED) return undefined
    throw error
  }
}
