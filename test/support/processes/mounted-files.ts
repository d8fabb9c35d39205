import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Files as Kubernetes mounts a Secret: each is a link into `..data`, which is a link to the folder of the
 * current version. Renaming a new link over it replaces all files at once.
 */
export class MountedFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'benefits-mount-'))
  #version = 0

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Replaces all files. The names must stay the same. */
  replace(files: Readonly<Record<string, string>>): void {
    const version = `..version-${++this.#version}`
    mkdirSync(this.path(version))
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(this.path(version), name), content)
    symlinkSync(version, this.path('..data-next'))
    renameSync(this.path('..data-next'), this.path('..data'))
    if (this.#version === 1) {
      for (const name of Object.keys(files)) symlinkSync(join('..data', name), this.path(name))
    } else {
      rmSync(this.path(`..version-${this.#version - 1}`), { recursive: true })
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
