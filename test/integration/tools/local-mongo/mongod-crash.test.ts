import { mkdir } from 'node:fs/promises'
import { expect } from 'chai'
import { startMongod } from '../../../../tools/dev/local-mongo/mongod-process.js'
import { eventually } from '../../../support/eventually.js'
import { useTempFolder, writeScript } from './temp-folder.js'

describe('a mongod that exits, as with a full or read-only disk,', () => {
  const at = useTempFolder()

  it('is reported', async () => {
    // The output and the exit of mongod.
    const path = await writeScript(at('mongod'), [
      '[ "$1" = --version ] && echo "db version v8.2.0" && exit',
      'echo \'{"s":"I","msg":"Waiting for connections"}\'',
      'sleep 0.3',
      'echo \'{"s":"F","msg":"\\n\\n***aborting after fassert() failure\\n\\n"}\'',
      'kill -ABRT $$',
    ])
    await mkdir(at('data'))
    const reasons: string[] = []
    const binary = { path, version: '8.2.0' }
    const mongod = await startMongod({
      binary,
      dbPath: at('data'),
      onCrash: (reason) => reasons.push(reason),
    })
    await eventually('it is told of', () => reasons.length > 0)
    await mongod.stop()
    // Ended by the first signal: its own, or that of the library that has read the output.
    expect(reasons.join()).to.match(/^MongoDB exited unexpectedly \(SIG[A-Z]+\)$/)
  })
})
