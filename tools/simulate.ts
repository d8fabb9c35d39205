import { exampleAccounts } from '../src/application/seed-examples.js'
import { loadEnvFile, readConfig } from '../src/config.js'
import { parseReais } from '../src/domain/money.js'
import { argument, requiredArgument, runCommand } from './command.js'
import { issueToken } from './issue-token.js'
import { print } from './print.js'
import { callService } from './service-client.js'
import { simulationView } from './simulation-view.js'

const EXAMPLE = 'make simulate amount=10.00 mcc=5811 merchant="PADARIA DO ZE"'

await runCommand('simulate', async () => {
  const request = {
    transactionId: argument('id') ?? '',
    accountId: argument('account') ?? exampleAccounts[0]?.id ?? '',
    amount: parseReais(requiredArgument('amount', EXAMPLE)).toString(),
    mcc: requiredArgument('mcc', EXAMPLE),
    merchant: argument('merchant') ?? '',
  }
  loadEnvFile()
  const config = readConfig(process.env)
  const token = await issueToken(config, {
    scope: 'transactions:simulate',
    subject: 'make simulate',
    lifetimeSeconds: 60,
  })
  const simulation = await callService({
    config,
    token,
    service: 'benefits.v1.AuthorizationService',
    method: 'simulate',
    request,
  })
  print(process.stdout.isTTY ? simulationView(simulation) : JSON.stringify(simulation, null, 2))
})
