import { KeyFileError } from './key-file-error.js'
import { type FileContent, readTextFile } from './read-file.js'

export type WatchedFilesOptions<T> = {
  /** Paths of the files, each by its environment variable. */
  readonly paths: Readonly<Record<string, string>>
  /**
   * Parses the texts, by the same names, into the value to use. Throws KeyFileError when they are invalid.
   */
  readonly parse: (texts: Readonly<Record<string, string>>) => T
  /** Pause between two checks, in milliseconds. */
  readonly intervalMs: number
  /** Called when a new value is in use. */
  readonly onChange: (value: T) => void
  /** Called once for each new content that is invalid. The previous value stays in use. */
  readonly onRejection: (error: KeyFileError) => void
}

type Contents = Readonly<Record<string, FileContent>>

/**
 * Files that belong together, checked for changes periodically.
 *
 * The whole content is compared, so it does not matter how a file is replaced: overwritten, renamed, or by
 * switching a symbolic link, as Kubernetes does. New content is used when it was the same in two checks in a
 * row. So a half-written file, or one new file beside an old one, does not count as invalid.
 */
export class WatchedFiles<T> {
  readonly #options: WatchedFilesOptions<T>
  #value: T
  #used: string
  #seen: string
  #rejected: string | undefined
  #problem: string | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  private constructor(options: WatchedFilesOptions<T>, contents: Contents) {
    this.#options = options
    this.#value = options.parse(textsOf(contents))
    this.#used = fingerprint(contents)
    this.#seen = this.#used
  }

  /** Reads the files for the first time. Throws KeyFileError when they are invalid. */
  static async open<T>(options: WatchedFilesOptions<T>): Promise<WatchedFiles<T>> {
    return new WatchedFiles(options, await readAll(options.paths))
  }

  /** The value in use: that of the last valid content. */
  get value(): T {
    return this.#value
  }

  /** Why the current content is not in use. Undefined when it is. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Starts to check periodically. */
  start(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#lookAgain(), this.#options.intervalMs)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Checks the files now. */
  async look(): Promise<void> {
    const contents = await readAll(this.#options.paths)
    const found = fingerprint(contents)
    const steady = found === this.#seen
    this.#seen = found
    if (this.#stopped || !steady) return
    if (found === this.#used) this.#accept(found)
    // Retried even if it was rejected before: a certificate may have become valid.
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
      this.#reject(found, error)
      return
    }
    this.#accept(found)
    this.#options.onChange(this.#value)
  }

  #reject(found: string, error: unknown): void {
    const { paths, onRejection } = this.#options
    // An unexpected error must not end a running service.
    const names = Object.keys(paths).join(', ')
    const rejection =
      error instanceof KeyFileError ? error : new KeyFileError(names, 'cannot be used', { cause: error })
    const known = this.#rejected === found && this.#problem === rejection.message
    this.#rejected = found
    this.#problem = rejection.message
    if (!known) onRejection(rejection)
  }

  #accept(found: string): void {
    this.#used = found
    this.#rejected = undefined
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

/** Returns the content itself: it is small, and no digest is as certain. */
function fingerprint(contents: Contents): string {
  return JSON.stringify(contents)
}
