import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { loadEnvFile, readConfig } from '../src/config.js'
import { formatReais, parseReais } from '../src/domain/money.js'
import { AccountServiceService, type BatchCreditRequest } from '../src/gen/benefits/v1/account.js'
import { sendStream } from './client-stream.js'
import { requiredArgument, runCommand } from './command.js'
import { print } from './print.js'

const EXAMPLE = 'make batch-credit file=load.csv'
const HEADER = 'transaction_id,account_id,category,amount'

await runCommand('batch-credit', async () => {
  const file = requiredArgument('file', EXAMPLE)
  loadEnvFile()
  const config = readConfig(process.env)
  const summary = await sendStream({
    config,
    token: { scope: 'accounts:credit', subject: 'make batch-credit' },
    method: AccountServiceService.batchCredit,
    requests: creditsIn(file),
  })
  for (const { index, transactionId, accountId, description } of summary.refused) {
    print(`line ${index + 2n}: ${transactionId} of account ${accountId}: ${description}`)
  }
  if (!summary.complete) console.log('too many refusals: the rest of the file was not looked at')
  const { creditedCount, creditedAmount, replayedCount, refused } = summary
  const credited = `${creditedCount} credited with R$ ${formatReais(creditedAmount)} in all`
  console.log(`${credited}, ${replayedCount} had been before, ${refused.length} refused`)
  if (refused.length > 0) process.exitCode = 1
})

/** Reads the file line by line: it may be larger than memory. */
async function* creditsIn(file: string): AsyncGenerator<BatchCreditRequest> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
  let number = 0
  for await (const line of lines) {
    number += 1
    if (number === 1 && line !== HEADER) throw new Error(`${file}: the first line must be ${HEADER}`)
    if (number > 1) yield creditIn(line, `${file}, line ${number}`)
  }
}

function creditIn(line: string, place: string): BatchCreditRequest {
  const [transactionId, accountId, category, amount, ...more] = line.split(',').map((field) => field.trim())
  if (!transactionId || !accountId || !category || !amount || more.length > 0) {
    throw new Error(`${place}: must have four fields: ${HEADER}`)
  }
  try {
    return { transactionId, accountId, category, amount: parseReais(amount) }
  } catch (error) {
    throw new Error(`${place}: ${error instanceof Error ? error.message : error}`)
  }
}
