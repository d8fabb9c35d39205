import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Client, type ClientWritableStream, credentials, Metadata } from '@grpc/grpc-js'
import { type Config, loadEnvFile, readConfig } from '../src/config.js'
import { formatReais, parseReais } from '../src/domain/money.js'
import {
  AccountServiceService,
  type BatchCreditRequest,
  type BatchCreditResponse,
} from '../src/gen/benefits/v1/account.js'
import { requiredArgument, runCommand } from './command.js'
import { issueToken } from './issue-token.js'
import { addressOf, explained } from './service-client.js'

const EXAMPLE = 'make batch-credit file=load.csv'
const HEADER = 'transaction_id,account_id,category,amount'
const { path, requestSerialize, responseDeserialize } = AccountServiceService.batchCredit

await runCommand('batch-credit', async () => {
  const file = requiredArgument('file', EXAMPLE)
  loadEnvFile()
  const config = readConfig(process.env)
  const summary = await send(config, creditsIn(file))
  for (const { index, transactionId, accountId, description } of summary.refused) {
    console.log(`line ${index + 2n}: ${transactionId} of account ${accountId}: ${description}`)
  }
  if (!summary.complete) console.log('too many refusals: the rest of the file was not looked at')
  const { creditedCount, creditedAmount, replayedCount, refused } = summary
  const credited = `${creditedCount} credited with R$ ${formatReais(creditedAmount)} in all`
  console.log(`${credited}, ${replayedCount} had been before, ${refused.length} refused`)
  if (refused.length > 0) process.exitCode = 1
})

/** Sends the credits as fast as the service takes them. */
async function send(
  config: Config,
  credits: AsyncIterable<BatchCreditRequest>,
): Promise<BatchCreditResponse> {
  const token = await issueToken(config, {
    scope: 'accounts:credit',
    subject: 'make batch-credit',
    lifetimeSeconds: 60,
  })
  const address = addressOf(config)
  const client = new Client(address, credentials.createInsecure())
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${token}`)
  try {
    return await new Promise((resolve, reject) => {
      const stream = client.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadata,
        (error, response) => {
          if (response) resolve(response)
          else reject(error ? explained(error, address) : new Error('the service gave no answer'))
        },
      )
      writeAll(stream, credits).catch((error: unknown) => {
        stream.cancel()
        reject(error)
      })
    })
  } finally {
    client.close()
  }
}

async function writeAll(
  stream: ClientWritableStream<BatchCreditRequest>,
  credits: AsyncIterable<BatchCreditRequest>,
): Promise<void> {
  let goOn = () => {}
  for (const event of ['drain', 'status', 'close']) stream.on(event, () => goOn())
  for await (const credit of credits) {
    if (stream.destroyed) return
    if (stream.write(credit)) continue
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
  }
  stream.end()
}

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
