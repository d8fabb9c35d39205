import { once } from 'node:events'
import { Client, Metadata, type ServiceError } from '@grpc/grpc-js'
import { loadEnvFile, readConfig } from '../src/config.js'
import {
  type ExportMerchantRulesResponse,
  MerchantRuleServiceService,
} from '../src/gen/benefits/v1/merchant_rule.js'
import { terminalLines } from '../src/observability/logging/terminal-text.js'
import { channelCredentials } from './channel-credentials.js'
import { runCommand } from './command.js'
import { issueToken } from './issue-token.js'
import { header, writeRule } from './merchant-rule-csv.js'
import { addressOf, explained } from './service-client.js'

/** Longest time that the export may take, in milliseconds. */
const EXPORT_MS_MAX = 60_000

const { path, requestSerialize, responseDeserialize } = MerchantRuleServiceService.exportMerchantRules

await runCommand('export-rules', async () => {
  loadEnvFile()
  const config = readConfig(process.env)
  const token = await issueToken(config, {
    scope: 'rules:read',
    subject: 'make export-rules',
    lifetimeSeconds: 60,
  })
  const address = addressOf(config)
  const client = new Client(address, channelCredentials(config))
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${token}`)
  const deadline = Date.now() + EXPORT_MS_MAX
  const pieces: AsyncIterable<ExportMerchantRulesResponse> = client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    {},
    metadata,
    { deadline },
  )
  try {
    let text = header
    for await (const { merchantRules } of pieces) {
      await print(text + merchantRules.map(writeRule).join(''))
      text = ''
    }
    await print(text)
  } catch (error) {
    throw isServiceError(error) ? explained(error, address) : error
  } finally {
    client.close()
  }
})

/** Waits for whoever reads. */
async function print(text: string): Promise<void> {
  // A file keeps every character; a terminal would obey some of them.
  const shown = process.stdout.isTTY ? terminalLines(text) : text
  if (!process.stdout.write(shown)) await once(process.stdout, 'drain')
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error
}
