import { runCommand } from '../command.js'
import { requestedDeployment } from './deployment.js'

await runCommand('decrypt', async () => {
  const deployment = requestedDeployment()
  await deployment.decrypt(process.env)
  console.log(`${deployment.plainPath} holds the secrets: make encrypt env=${deployment.name} removes it`)
})
