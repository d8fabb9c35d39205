import { KeyFileError } from './key-file-error.js'
import { type FileContent, readTextFile } from './read-file.js'

export type WatchedFilesOptions<T> = {
  /** Paths, each by the variable that gives it. */
  readonly paths: Readonly<Record<string, string>>
  /** Makes of the texts, by the same names, what is used. Throws KeyFileError when they are no good. */
  readonly parse: (texts: Readonly<Record<string, string>>) => T
  /** Pause between two looks, in milliseconds. */
  readonly intervalMs: number
  /** Told what is used from now on. */
  readonly onChange: (value: T) => void
  /** Told once of each new content that is no good: what was used before stays in use. */
  readonly onRefusal: (error: KeyFileError) => void
}

type Contents = Readonly<Record<string, FileContent>>

/**
 * Files that belong together, looked at again and again. Their whole content is compared, so it does not matter how they are
 * replaced: written over, renamed, or by a link that another is put in place of, as Kubernetes does. New contents are taken over when
 * they were the same at two looks in a row: files that are being written, or of which one is new and the other is not yet, are not taken
 * for bad ones.
 */
export class WatchedFiles<T> {
  readonly #options: WatchedFilesOptions<T>
  #value: T
  #used: string
  #seen: string
  #refused: string | undefined
  #problem: string | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  private constructor(options: WatchedFilesOptions<T>, contents: Contents) {
    this.#options = options
    this.#value = options.parse(textsOf(contents))
    this.#used = fingerprint(contents)
    this.#seen = this.#used
  }

  /** Reads the files for the first time. Throws KeyFileError when they are no good. */
  static async open<T>(options: WatchedFilesOptions<T>): Promise<WatchedFiles<T>> {
    return new WatchedFiles(options, await readAll(options.paths))
  }

  /** The last good one. */
  get value(): T {
    return this.#value
  }

  /** Why the files as they are now are not used; undefined when they are. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Begins to look. */
  start(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#lookAgain(), this.#options.intervalMs)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Looks now. */
  async look(): Promise<void> {
    const contents = await readAll(this.#options.paths)
    const found = fingerprint(contents)
    const steady = found === this.#seen
    this.#seen = found
    if (this.#stopped || !steady) return
    if (found === this.#used) this.#accept(found)
    // Also what was refused before: a certificate may have become valid.
    else this.#try(contents, found)
  }

  async #lookAgain(): Promise<void> {
    await this.look()
    this.start()
  }

  #try(contents: Contents, found: string): void {
    try {
      this.#value = this.#options.parse(textsOf(contents))
    } catch (error) {
      this.#refuse(found, error)
      return
    }
    this.#accept(found)
    this.#options.onChange(this.#value)
  }

  #refuse(found: string, error: unknown): void {
    const { paths, onRefusal } = this.#options
    // A file that nobody has thought of is no reason to end a service that runs.
    const names = Object.keys(paths).join(', ')
    const refusal =
      error instanceof KeyFileError ? error : new KeyFileError(names, 'cannot be used', { cause: error })
    const known = this.#refused === found && this.#problem === refusal.message
    this.#refused = found
    this.#problem = refusal.message
    if (!known) onRefusal(refusal)
  }

  #accept(found: string): void {
    this.#used = found
    this.#refused = undefined
    this.#problem = undefined
  }
}

async function readAll(paths: Readonly<Record<string, string>>): Promise<Contents> {
  const reading = Object.entries(paths).map(
    async ([variable, path]) => [variable, await readTextFile(path)] as const,
  )
  return Object.fromEntries(await Promise.all(reading))
}

function textsOf(contents: Contents): Readonly<Record<string, string>> {
  const texts = Object.entries(contents).map(([variable, { text, problem }]) => {
    if (problem !== undefined) throw new KeyFileError(variable, problem)
    return [variable, text] as const
  })
  return Object.fromEntries(texts)
}

/** The contents themselves: they are small, and nothing else is as sure. */
function fingerprint(contents: Contents): string {
  return JSON.stringify(contents)
}
