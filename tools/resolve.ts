import { loadEnvFile, readConfig } from '../src/config.js'
import { requiredArgument, runCommand } from './command.js'
import { issueToken } from './issue-token.js'
import { print } from './print.js'
import { callService } from './service-client.js'

await runCommand('resolve', async () => {
  const merchant = requiredArgument('merchant', 'make resolve merchant="UBER EATS"')
  loadEnvFile()
  const config = readConfig(process.env)
  const token = await issueToken(config, {
    scope: 'rules:read',
    subject: 'make resolve',
    lifetimeSeconds: 60,
  })
  const answer = await callService({
    config,
    token,
    service: 'benefits.v1.MerchantRuleService',
    method: 'resolveMerchant',
    request: { merchant },
  })
  print(JSON.stringify(answer, null, 2))
})
