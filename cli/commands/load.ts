import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { status } from '@grpc/grpc-js'
import type { Command } from 'commander'
import { formatAmount } from '../amount.js'
import { exitCodes, Failure } from '../failure.js'
import { NewFile } from '../files/csv-writer.js'
import { CreditSender } from '../load/credit-sender.js'
import {
  type CategoryState,
  type Credit,
  type LoadFile,
  loadColumns,
  readLoadFile,
} from '../load/load-file.js'
import {
  count,
  type LoadSummary,
  summaryView,
  sumOf,
  totalsSheet,
  writeRejects,
} from '../load/load-summary.js'
import { textArgument, textOption } from '../options.js'
import { methods } from '../service/methods.js'
import { ServiceFailure } from '../service/service-failure.js'
import { type Session, withSession } from '../session.js'
import { Progress } from '../terminal/progress.js'
import { objectsIn, textIn } from '../terminal/sheet.js'

/** Longest time without an answer before a load gives up, in milliseconds; --timeout sets another. */
const PATIENCE_MS = 300_000
/** Time limit for the first answer, in milliseconds: an unreachable service fails at once. */
const FIRST_ANSWER_MS_MAX = 30_000

type Options = { readonly yes?: boolean; readonly partial?: boolean; readonly rejects?: string }

/** `benefits load`: credits the lines of a file, each exactly once, across failures and restarts. */
export function addLoad(program: Command): void {
  program
    .command('load')
    .description(`credit wallets from a file; columns ${loadColumns.join(',')}`)
    .argument('<file>', 'CSV file, as spreadsheets write it', textArgument)
    .option('--yes', 'do not ask for confirmation')
    .option('--partial', 'credit the valid lines even if others are invalid')
    .addOption(textOption('--rejects <file>', 'write rejected lines to a new file'))
    .addHelpText(
      'after',
      '\nLoading the same file again credits nothing twice. --timeout limits the time without any answer (300).\n\nExample:\n  ./benefits load load.csv --rejects rejects.csv',
    )
    .action(async (path: string, options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const rejects = options.rejects === undefined ? undefined : new NewFile(options.rejects)
        try {
          const file = readLoadFile(path, await categoryStates(session))
          const outcome = await load(session, { path, file, options })
          if (rejects) writeRejects(rejects, outcome.summary.rejected, file.separator)
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
  if (!options.yes && !(await isConfirmed(credits)))
    return { summary: untouched, problem: new Failure('nothing was credited: the load was not confirmed') }
  const { summary, problem } = await send(session, credits)
  const rejected = [...bad, ...summary.rejected].sort((one, other) => one.line - other.line)
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

/** Sends the credits. Ctrl-C stops after those already sent. */
async function send(session: Session, credits: readonly Credit[]): Promise<Outcome> {
  const progress = new Progress(credits.length, 'lines')
  const stop = new AbortController()
  const onInterrupt = () => {
    progress.clear()
    session.output.note('stopping after the credits already sent')
    stop.abort()
  }
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt)
  try {
    return await new CreditSender({
      connection: session.connection,
      patienceMs: session.timeoutMs ?? PATIENCE_MS,
      stop: stop.signal,
      onProgress: (done) => progress.show(done),
      onBreak: (reason) => {
        progress.clear()
        session.output.note(`the load continues after an interruption: ${reason}`)
      },
    }).send(credits)
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt)
    progress.clear()
  }
}

/** Shows the summary, whatever happened, and sets the exit code. */
function finish(session: Session, { summary, problem }: Outcome): void {
  session.output.show(summaryView(summary))
  const { credited, alreadyThere, rejected, unsure } = summary
  if (problem) {
    // A file that was rejected or not confirmed cannot be continued.
    const isBegun = credited + alreadyThere + unsure > 0 || problem.exitCode === exitCodes.noAnswer
    const advice = isBegun
      ? '\nrun the same command again: it continues where this one ended, and credits nothing twice'
      : ''
    throw new Failure(`${problem.message}${advice}`, problem.exitCode)
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

/** Asks for confirmation at a terminal. Elsewhere the command line is the confirmation. */
async function isConfirmed(credits: readonly Credit[]): Promise<boolean> {
  if (!process.stdin.isTTY) return true
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const question = `Credit ${formatAmount(sumOf(credits))} in ${count(credits.length)} credits? Type yes: `
    // Ctrl-C or the end of the input is not a confirmation.
    const closed = once(terminal, 'close').then(() => '')
    return (await Promise.race([terminal.question(question), closed])).trim().toLowerCase() === 'yes'
  } finally {
    terminal.close()
  }
}

function badText(length: number): string {
  return length === 1 ? '1 invalid line' : `${count(length)} invalid lines`
}
