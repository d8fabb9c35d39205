import { execFileSync } from 'node:child_process'
import { mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { KeyFileError } from '../../../src/keys/key-file-error.js'
import { WatchedFiles } from '../../../src/keys/watched-files.js'
import { eventually } from '../../support/eventually.js'
import { MountedFiles } from '../../support/processes/mounted-files.js'
import { useTempFolder } from '../../support/temp-folder.js'

/** A pair belongs together when its texts are the same. */
function parsePair(texts: Readonly<Record<string, string>>): string {
  const { ONE, OTHER } = texts
  if (ONE === undefined || ONE === '' || ONE !== OTHER)
    throw new KeyFileError('ONE', 'does not belong to OTHER')
  return ONE
}

describe('watched files', () => {
  const folder = useTempFolder()
  let files: WatchedFiles<string>
  let taken: string[]
  let rejected: string[]
  let one: string
  let other: string
  let tests = 0

  beforeEach(async () => {
    const own = join(folder(), String(++tests))
    await mkdir(own)
    one = join(own, 'one')
    other = join(own, 'other')
    taken = []
    rejected = []
    await writePair('a')
    files = await open()
  })
  afterEach(() => files.stop())

  function open(paths = { ONE: one, OTHER: other }) {
    return WatchedFiles.open({
      paths,
      parse: parsePair,
      intervalMs: 10,
      onChange: (value) => taken.push(value),
      onRejection: ({ message }) => rejected.push(message),
    })
  }

  async function writePair(text: string): Promise<void> {
    await writeFile(one, text)
    await writeFile(other, text)
  }

  async function look(times: number): Promise<void> {
    for (let looks = 0; looks < times; looks += 1) await files.look()
  }

  const state = () => ({ value: files.value, taken, rejected, problem: files.problem })
  const unchanged = { value: 'a', taken: [], rejected: [], problem: undefined }

  it('keep their initial content until a file changes', async () => {
    await look(3)
    expect(state()).to.deep.equal(unchanged)
  })

  it('are not used at the first check', async () => {
    await writePair('b')
    await look(1)
    expect(state()).to.deep.equal(unchanged)
  })

  it('are used, once, when two checks find them equal', async () => {
    await writePair('b')
    await look(4)
    expect(state()).to.deep.equal({ ...unchanged, value: 'b', taken: ['b'] })
  })

  it('are not rejected when one of them arrives later', async () => {
    await writeFile(one, 'b')
    await look(1)
    await writeFile(other, 'b')
    await look(2)
    expect(state()).to.deep.equal({ ...unchanged, value: 'b', taken: ['b'] })
  })

  it('are not rejected while one of them is missing between two checks', async () => {
    await rm(one)
    await look(1)
    await writePair('b')
    await look(2)
    expect(state()).to.deep.equal({ ...unchanged, value: 'b', taken: ['b'] })
  })

  it('keep the last valid content when the new files do not match, which is reported once', async () => {
    await writeFile(one, 'b')
    await look(5)
    const problem = 'ONE: does not belong to OTHER'
    expect(state()).to.deep.equal({ ...unchanged, rejected: [problem], problem })
  })

  it('are rejected again for another reason', async () => {
    await writeFile(one, 'b')
    await look(2)
    await writeFile(one, 'c')
    await look(2)
    expect(rejected).to.have.length(2)
  })

  it('are valid again when they equal those in use', async () => {
    await writeFile(one, 'b')
    await look(2)
    await writeFile(one, 'a')
    await look(2)
    expect(state()).to.deep.equal({ ...unchanged, rejected: ['ONE: does not belong to OTHER'] })
  })

  it('are used after a rejection, once they are valid', async () => {
    await writeFile(one, 'b')
    await look(2)
    await writeFile(other, 'b')
    await look(2)
    expect({ value: files.value, problem: files.problem }).to.deep.equal({ value: 'b', problem: undefined })
  })

  it('are checked again without a change, because time may have made them valid', async () => {
    let good = false
    const late = await WatchedFiles.open({
      paths: { ONE: one },
      parse: ({ ONE = '' }) => {
        if (ONE === 'a' || good) return ONE
        throw new KeyFileError('ONE', 'is not valid yet')
      },
      intervalMs: 10,
      onChange: (value) => taken.push(value),
      onRejection: ({ message }) => rejected.push(message),
    })
    await writeFile(one, 'b')
    for (let looks = 0; looks < 3; looks += 1) await late.look()
    good = true
    await late.look()
    expect({ value: late.value, rejected }).to.deep.equal({ value: 'b', rejected: ['ONE: is not valid yet'] })
  })

  it('stay in use when reading the new ones fails unexpectedly', async () => {
    const bug = await WatchedFiles.open({
      paths: { ONE: one, OTHER: other },
      parse: ({ ONE = '' }) => {
        if (ONE === 'a') return ONE
        throw new TypeError('a bug')
      },
      intervalMs: 10,
      onChange: (value) => taken.push(value),
      onRejection: ({ message, cause }) => rejected.push(message, String(cause)),
    })
    await writePair('b')
    for (let looks = 0; looks < 3; looks += 1) await bug.look()
    expect({ value: bug.value, rejected }).to.deep.equal({
      value: 'a',
      rejected: ['ONE, OTHER: cannot be used', 'TypeError: a bug'],
    })
  })

  for (const [what, spoil, problem] of [
    ['is gone', () => rm(one), 'ONE: cannot be read (ENOENT)'],
    ['is a folder', () => rm(one).then(() => mkdir(one)), 'ONE: is not a file'],
    ['is a pipe', () => rm(one).then(() => void execFileSync('mkfifo', [one])), 'ONE: is not a file'],
    ['is too large', () => writeFile(one, 'x'.repeat(256 * 1024 + 1)), 'ONE: has more than 262144 bytes'],
  ] as const) {
    it(`stay in use when one of them ${what}`, async () => {
      await spoil()
      await look(3)
      expect(state()).to.deep.equal({ ...unchanged, rejected: [problem], problem })
    })

    it(`cannot be opened when one of them ${what}`, async () => {
      await spoil()
      expect(await open().catch((error: unknown) => error))
        .to.be.instanceOf(KeyFileError)
        .and.have.property('message', problem)
    })
  }

  it('may be replaced by renaming, with the length and the time of the old ones', async () => {
    const { atime, mtime } = await stat(one)
    await writeFile(`${one}.new`, 'b')
    await utimes(`${one}.new`, atime, mtime)
    await rename(`${one}.new`, one)
    await writeFile(other, 'b')
    await look(2)
    expect(files.value).to.equal('b')
  })

  it('may be replaced by a symbolic link, as Kubernetes does', async () => {
    const mounted = new MountedFiles()
    mounted.replace({ one: 'a', other: 'a' })
    const links = await open({ ONE: mounted.path('one'), OTHER: mounted.path('other') })
    mounted.replace({ one: 'b', other: 'b' })
    await links.look()
    await links.look()
    mounted.remove()
    expect({ value: links.value, rejected }).to.deep.equal({ value: 'b', rejected: [] })
  })

  it('are checked repeatedly once started', async () => {
    files.start()
    await writePair('b')
    await eventually('they are taken over', () => files.value === 'b')
  })

  it('are no longer used once stopped', async () => {
    await writePair('b')
    await look(1)
    files.stop()
    await look(1)
    expect(state()).to.deep.equal(unchanged)
  })
})
