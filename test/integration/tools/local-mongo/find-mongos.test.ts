import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect } from 'chai'
import { NoMongodError } from '../../../../tools/dev/local-mongo/find-mongod.js'
import { findMongos } from '../../../../tools/dev/local-mongo/find-mongos.js'
import { useTempFolder, writeScript } from './temp-folder.js'

describe('findMongos', () => {
  const at = useTempFolder()
  const log = () => {}

  it('takes the one beside the configured mongod', async () => {
    const path = await fakeMongos('chosen/mongos', '8.0.4')
    expect(await findMongos({ mongodPath: at('chosen/mongod'), log })).to.deep.equal({
      path,
      version: '8.0.4',
    })
  })

  it('searches nowhere else when there is none beside it', async () => {
    const rejected = await findMongos({ mongodPath: at('absent/mongod'), log }).catch(
      (error: unknown) => error,
    )
    expect(rejected).to.be.instanceOf(NoMongodError)
    expect(String(rejected)).to.include('beside MONGOD_PATH: ').and.to.not.include('npm package')
  })

  it('takes the first sufficiently recent one on the PATH', async () => {
    await fakeMongos('old/mongos', '7.0.14')
    const path = await fakeMongos('recent/mongos', '8.0.0')
    const env = { PATH: `${at('old')}:${at('recent')}` }
    expect(await findMongos({ env, log })).to.deep.equal({ path, version: '8.0.0' })
  })

  async function fakeMongos(name: string, version: string): Promise<string> {
    await mkdir(dirname(at(name)), { recursive: true })
    return writeScript(at(name), ['test "$1" = --version || exit 9', `echo "mongos version v${version}"`])
  }
})
