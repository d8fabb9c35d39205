import { randomUUID } from 'node:crypto'
import { exampleAccounts } from '../src/application/seed-examples.js'
import { loadEnvFile, readConfig } from '../src/config.js'
import { parseReais } from '../src/domain/money.js'
import { argument, requiredArgument, runCommand } from './command.js'
import { issueToken } from './issue-token.js'
import { print } from './print.js'
import { callService } from './service-client.js'

const EXAMPLE = 'make authorize amount=10.00 mcc=5811 merchant="PADARIA DO ZE"'

await runCommand('authorize', async () => {
  const request = {
    transactionId: argument('id') ?? randomUUID(),
    accountId: argument('account') ?? exampleAccounts[0]?.id ?? '',
    amount: parseReais(requiredArgument('amount', EXAMPLE)).toString(),
    mcc: requiredArgument('mcc', EXAMPLE),
    merchant: argument('merchant') ?? '',
  }
  loadEnvFile()
  const config = readConfig(process.env)
  const token = await issueToken(config, {
    scope: 'transactions:authorize',
    subject: 'make authorize',
    lifetimeSeconds: 60,
  })
  const answer = await callService({
    config,
    token,
    service: 'benefits.v1.AuthorizationService',
    method: 'authorize',
    request,
  })
  print(JSON.stringify(answer, null, 2))
})
