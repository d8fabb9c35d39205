import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { localSecret } from '../../../tools/dev/local-secret.js'

describe('local secret', () => {
  let root: string
  let folder: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'local-secret-'))
    folder = join(root, 'data')
  })

  afterEach(async () => {
    await rm(root, { recursive: true })
  })

  it('has 64 hexadecimal characters', async () => {
    expect(await localSecret(folder)).to.match(/^[0-9a-f]{64}$/)
  })

  it('is created once', async () => {
    const first = await localSecret(folder)
    expect(await localSecret(folder)).to.equal(first)
  })

  it('differs between folders', async () => {
    const first = await localSecret(folder)
    expect(await localSecret(join(root, 'other'))).to.not.equal(first)
  })

  it('is kept in the file that tools read', async () => {
    const secret = await localSecret(folder)
    expect(await readFile(join(folder, 'jwt-secret'), 'utf8')).to.equal(`${secret}\n`)
  })

  it('may be read by its owner only', async () => {
    await localSecret(folder)
    const { mode } = await stat(join(folder, 'jwt-secret'))
    expect(mode & 0o777).to.equal(0o600)
  })

  it('leaves nothing else behind', async () => {
    await localSecret(folder)
    expect(await readdir(folder)).to.deep.equal(['jwt-secret'])
  })

  describe('when many processes need it at once', () => {
    // The interleaving of their steps is random, so the test repeats them often.
    const folders = Array.from({ length: 40 }, (_, index) => `data-${index}`)

    it('is the same for all of them', async () => {
      for (const name of folders) {
        const secrets = await askTogether(name)
        expect(new Set(secrets).size, name).to.equal(1)
      }
    })

    it('is the same for later callers', async () => {
      for (const name of folders) {
        const [first] = await askTogether(name)
        expect(await localSecret(join(root, name)), name).to.equal(first)
      }
    })

    it('leaves nothing else behind', async () => {
      for (const name of folders) {
        await askTogether(name)
        expect(await readdir(join(root, name)), name).to.deep.equal(['jwt-secret'])
      }
    })

    function askTogether(name: string): Promise<readonly string[]> {
      return Promise.all([1, 2, 3, 4, 5].map(() => localSecret(join(root, name))))
    }
  })

  it('is read from a file that its owner wrote', async () => {
    await localSecret(folder)
    await writeFile(join(folder, 'jwt-secret'), ` ${'f'.repeat(64)} \n`)
    expect(await localSecret(folder)).to.equal('f'.repeat(64))
  })

  for (const [what, text] of [
    ['is empty', ''],
    ['holds less than 32 bytes', `${'f'.repeat(31)}\n`],
  ] as const) {
    it(`is not read from a file that ${what}`, async () => {
      await localSecret(folder)
      await writeFile(join(folder, 'jwt-secret'), text)
      expect(await failureOf(localSecret(folder))).to.include('jwt-secret')
    })
  }

  it('is not shown when it is too short', async () => {
    await localSecret(folder)
    await writeFile(join(folder, 'jwt-secret'), 'short-secret')
    expect(await failureOf(localSecret(folder))).to.not.include('short-secret')
  })

  it('is not created when something else has its path', async () => {
    await mkdir(join(folder, 'jwt-secret'), { recursive: true })
    expect(await failureOf(localSecret(folder))).to.include('EISDIR')
  })
})

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'it did not fail',
    (error: unknown) => String(error),
  )
}
