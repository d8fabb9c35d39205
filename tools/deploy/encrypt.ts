import { argument, runCommand } from '../command.js'
import { requestedDeployment } from './deployment.js'

await runCommand('encrypt', async () => {
  const deployment = requestedDeployment()
  const key = argument('key')
  if (key !== undefined && key !== 'new')
    throw new Error('key= can only be new; without it the key stays the same')
  await deployment.encrypt(key === 'new' ? 'new key' : 'same key', process.env)
  console.log(
    `${deployment.encryptedPath} is written, and can be committed; ${deployment.plainPath} is removed`,
  )
  if (key === 'new')
    console.log(`the private key is in ${deployment.keysPath}: keep it only where deployers find it`)
})
