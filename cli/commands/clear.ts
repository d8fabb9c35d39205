import type { Command } from 'commander'
import {
  type ClearingFile,
  type ClearingLine,
  clearingColumns,
  optionalColumns,
  readClearingFile,
  requiredColumns,
} from '../clearing/clearing-file.js'
import { ClearingSender, openClearing } from '../clearing/clearing-sender.js'
import { clearingView, kindsSheet } from '../clearing/clearing-summary.js'
import type { ClearingSummary } from '../clearing/clearing-tally.js'
import { exitCodes, Failure } from '../failure.js'
import { NewFile } from '../files/csv-writer.js'
import { count, inFileOrder, writeRejects } from '../files/rejected-line.js'
import { textArgument, textOption } from '../options.js'
import { type Session, withSession } from '../session.js'
import { badText, FIRST_ANSWER_MS_MAX, isConfirmed, PATIENCE_MS, resumable, runFile } from './file-run.js'

type Options = { readonly yes?: boolean; readonly partial?: boolean; readonly rejects?: string }

/** `benefits clear`: books the lines of a clearing file, each exactly once. */
export function addClear(program: Command): void {
  program
    .command('clear')
    .description('book captures, advices, refunds and reversals from a clearing file')
    .argument('<file>', 'CSV file, as spreadsheets write it', textArgument)
    .option('--yes', 'do not ask for confirmation')
    .option('--partial', 'book the valid lines even if others are invalid')
    .addOption(textOption('--rejects <file>', 'write rejected lines to a new file'))
    .addHelpText(
      'after',
      `\nColumns: ${requiredColumns.join(',')}; optional: ${optionalColumns.join(',')}\n\nClearing the same file again books nothing twice. --timeout limits the time without any answer (300).\n\nExample:\n  ./benefits clear clearing.csv --rejects rejects.csv`,
    )
    .action(async (path: string, options: Options, command: Command) => {
      await withSession(command, async (session) => {
        const rejects = options.rejects === undefined ? undefined : new NewFile(options.rejects)
        try {
          const file = readClearingFile(path)
          const outcome = await clear(session, { path, file, options })
          const { separator } = file
          if (rejects)
            writeRejects(rejects, outcome.summary.rejected, { columns: clearingColumns, separator })
          finish(session, outcome)
        } finally {
          rejects?.close()
        }
      })
    })
}

type Outcome = { readonly summary: ClearingSummary; readonly problem: Failure | undefined }

async function clear(
  session: Session,
  { path, file, options }: { path: string; file: ClearingFile; options: Options },
): Promise<Outcome> {
  const { lines, bad, unused } = file
  if (lines.length + bad.length === 0) throw new Failure(`${path} holds no lines`)
  if (unused.length > 0) session.output.note(`unused columns: ${unused.join(', ')}`)
  const untouched = { ...nothing, rejected: bad, notTried: lines.length }
  if (bad.length > 0 && !options.partial)
    return {
      summary: untouched,
      problem: new Failure(`${path}: nothing was booked, ${badText(bad.length)}`),
    }
  if (lines.length === 0) return { summary: untouched, problem: undefined }
  session.output.note(kindsSheet(lines))
  if (!options.yes && !(await isConfirmed(`Book ${count(lines.length)} lines?`)))
    return { summary: untouched, problem: new Failure('nothing was booked: the file was not confirmed') }
  const { summary, problem } = await send(session, lines)
  const rejected = inFileOrder([...bad, ...summary.rejected])
  return { summary: { ...summary, rejected }, problem }
}

const nothing: ClearingSummary = {
  booked: 0,
  alreadyBooked: 0,
  reasons: [],
  noted: [],
  rejected: [],
  unsure: 0,
  notTried: 0,
}

async function send(session: Session, lines: readonly ClearingLine[]): Promise<Outcome> {
  const { connection, timeoutMs: patienceMs = PATIENCE_MS } = session
  return await runFile(session, { lines: lines.length, noun: 'clearing', parts: 'lines' }, (run) =>
    new ClearingSender(lines, {
      open: () => openClearing(connection),
      connection,
      patienceMs,
      firstAnswerMsMax: FIRST_ANSWER_MS_MAX,
      ...run,
    }).send(),
  )
}

/** Shows the summary, whatever happened, and sets the exit code. */
function finish(session: Session, { summary, problem }: Outcome): void {
  session.output.show(clearingView(summary))
  const { booked, alreadyBooked, rejected, unsure } = summary
  if (problem) {
    // A file that was rejected or not confirmed cannot be continued.
    const isBegun = booked + alreadyBooked + unsure > 0 || problem.exitCode === exitCodes.noAnswer
    throw isBegun ? resumable(problem, 'books nothing twice') : problem
  }
  if (rejected.length > 0) process.exitCode = exitCodes.declined
}
