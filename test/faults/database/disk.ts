import { execFile } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const BYTES = 192 * 2 ** 20
const CHUNK = Buffer.alloc(2 ** 20)

/** A small file system of its own, in a file: it can be full, and it can break. Needs the right to mount. */
export class Disk {
  /** Where it is mounted. */
  readonly folder: string
  /** Holds its file, in memory: one disk upon another is too slow to be any use. */
  readonly #memory: string
  readonly #image: string

  static async create(folder: string): Promise<Disk> {
    const disk = new Disk(folder)
    await mkdir(disk.folder)
    await mkdir(disk.#memory)
    await run('mount', ['-t', 'tmpfs', '-o', `size=${2 * BYTES}`, 'tmpfs', disk.#memory])
    const image = await open(disk.#image, 'w')
    await image.truncate(BYTES)
    await image.close()
    await run('mkfs.ext4', ['-q', '-m', '0', disk.#image])
    await disk.#mount()
    return disk
  }

  private constructor(folder: string) {
    this.folder = join(folder, 'disk')
    this.#memory = join(folder, 'memory')
    this.#image = join(this.#memory, 'disk.img')
  }

  /** Takes all the room that there is. */
  async fill(): Promise<void> {
    const filler = await open(this.#filler, 'a')
    try {
      for (;;) await filler.write(CHUNK)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    } finally {
      await filler.close()
    }
  }

  /** Gives the room back. */
  async empty(): Promise<void> {
    await rm(this.#filler)
  }

  /** Makes it read-only at once, as the system does with one that has errors. */
  async breakDown(): Promise<void> {
    await run('mount', ['-o', 'remount,abort', this.folder])
  }

  /** What an administrator does then. Nobody may use it meanwhile. */
  async repair(): Promise<void> {
    await run('umount', [this.folder])
    // 1: there was something to repair.
    await run('e2fsck', ['-y', this.#image]).catch((error: { code?: unknown }) => {
      if (error.code !== 1) throw error
    })
    await this.#mount()
  }

  async remove(): Promise<void> {
    await run('umount', [this.folder])
    await run('umount', [this.#memory])
  }

  async #mount(): Promise<void> {
    await run('mount', ['-o', 'loop', this.#image, this.folder])
  }

  get #filler(): string {
    return join(this.folder, 'filler')
  }
}
