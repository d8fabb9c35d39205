import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { requireDataDir } from '../../../tools/dev/data-dir.js'
import { useTempFolder } from '../../support/temp-folder.js'

describe('the check of DATA_DIR', () => {
  const folder = useTempFolder()

  it('creates the folder', async () => {
    const dataDir = join(folder(), 'a', 'b')
    await requireDataDir(dataDir)
    await requireDataDir(dataDir)
    expect(existsSync(dataDir)).to.equal(true)
  })

  it('names DATA_DIR when a file is in its way', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    const failure = await requireDataDir(join(file, 'data')).catch(String)
    expect(failure).to.equal(
      `Error: DATA_DIR: ${join(file, 'data')} cannot be used (ENOTDIR): name a writable folder`,
    )
  })
})
