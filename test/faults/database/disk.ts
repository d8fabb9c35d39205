import { execFile } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const BYTES = 192 * 2 ** 20
const CHUNK = Buffer.alloc(2 ** 20)

/** A small file system in a file, which can become full or fail. Requires the privilege to mount. */
export class Disk {
  /** The mount point. */
  readonly folder: string
  /** Holds the file, in memory: one disk on top of another is too slow. */
  readonly #memory: string
  readonly #image: string
  readonly #mounted: string[] = []

  constructor(folder: string) {
    this.folder = join(folder, 'disk')
    this.#memory = join(folder, 'memory')
    this.#image = join(this.#memory, 'disk.img')
  }

  async create(): Promise<void> {
    await mkdir(this.folder)
    await mkdir(this.#memory)
    await run('mount', ['-t', 'tmpfs', '-o', `size=${2 * BYTES}`, 'tmpfs', this.#memory])
    this.#mounted.unshift(this.#memory)
    const image = await open(this.#image, 'w')
    await image.truncate(BYTES)
    await image.close()
    await run('mkfs.ext4', ['-q', '-m', '0', this.#image])
    await this.#mount()
    this.#mounted.unshift(this.folder)
  }

  /** Takes all free space. */
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

  /** Frees the space. */
  async empty(): Promise<void> {
    await rm(this.#filler)
  }

  /** Makes it read-only at once, as the system does with a failing disk. */
  async breakDown(): Promise<void> {
    await run('mount', ['-o', 'remount,abort', this.folder])
  }

  /** Repairs it as an administrator does. No process may use it meanwhile. */
  async repair(): Promise<void> {
    await run('umount', [this.folder])
    // Exit code 1: errors were repaired.
    await run('e2fsck', ['-y', this.#image]).catch((error: { code?: unknown }) => {
      if (error.code !== 1) throw error
    })
    await this.#mount()
  }

  /** Unmounts everything that `create` has mounted. */
  async remove(): Promise<void> {
    for (const folder of this.#mounted.splice(0)) await run('umount', [folder])
  }

  async #mount(): Promise<void> {
    await run('mount', ['-o', 'loop', this.#image, this.folder])
  }

  get #filler(): string {
    return join(this.folder, 'filler')
  }
}
