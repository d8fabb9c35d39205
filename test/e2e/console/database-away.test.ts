import { expect } from 'chai'
import { ReplicaSet } from '../../faults/harness/replica-set.js'
import { JWT_SECRET } from '../../support/clients/token.js'
import { useConsole } from '../../support/console/console-pages.js'
import { useServices } from '../../support/processes/service-process.js'
import { useTempFolder } from '../../support/temp-folder.js'

const NOT_READY = 'The service cannot decide right now: its database does not answer.'

describe('the console during an outage of the database', () => {
  const open = useConsole()
  const start = useServices({ program: 'launcher' })
  let mongo: ReplicaSet | undefined
  after(async () => await mongo?.stop())
  const folder = useTempFolder()

  it('shows a warning until the database is back', async () => {
    mongo = await ReplicaSet.prepare({ folder: folder(), onCrash: (reason) => expect.fail(reason) })
    await mongo.start()
    const service = await start({ MONGODB_URI: mongo.uri, JWT_SECRET, SEED_EXAMPLES: 'true' })
    await service.untilEvent('serving')
    const { page } = await open(service, { at: '#/accounts/6712b3eb3ec7354864d4274f' })
    await page.getByText('R$12.00').first().waitFor()
    await mongo.stop()
    await page.getByText(NOT_READY).waitFor()
    await page.getByText('R$12.00').first().waitFor()
    await mongo.start()
    await page.getByText(NOT_READY).waitFor({ state: 'detached' })
  })
})
