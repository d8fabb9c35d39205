import { StringDecoder } from 'node:string_decoder'

const LINE_CHARS_MAX = 100_000
const COMPLAINT_CHARS_MAX = 300
const COMPLAINTS_MAX = 3

/** The output of a running mongod, cut into lines. It keeps the first errors, which cause the later ones. */
export class MongodLog {
  readonly #decoder = new StringDecoder('utf8')
  readonly #complaints: string[] = []
  #partialLine = ''

  /** The first three different errors, on one line; empty without any. */
  get complaints(): string {
    return this.#complaints.join('; ')
  }

  /** Takes a chunk of the standard output and returns the lines that it completes. */
  push(chunk: string | Buffer): readonly string[] {
    const text = this.#partialLine + (typeof chunk === 'string' ? chunk : this.#decoder.write(chunk))
    const lines = text.split('\n')
    this.#partialLine = (lines.pop() ?? '').slice(0, LINE_CHARS_MAX)
    for (const line of lines) {
      if (/"s":"[EF]"/.test(line)) this.complain(complaintOf(line))
    }
    return lines
  }

  /** Adds an error from elsewhere, such as the system's loader on standard error. */
  complain(text: string): void {
    const complaint = text.replace(/\s+/g, ' ').trim().slice(0, COMPLAINT_CHARS_MAX)
    if (complaint === '' || this.#complaints.includes(complaint)) return
    if (this.#complaints.length < COMPLAINTS_MAX) this.#complaints.push(complaint)
  }
}

/**
 * Extracts the error from a line. mongod logs one JSON object per line, with the cause in its attributes in
 * one of four shapes.
 */
function complaintOf(line: string): string {
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch {
    return line
  }
  const message = textAt(entry, ['msg']) ?? line
  const detail =
    textAt(entry, ['attr', 'error', 'errmsg']) ?? textAt(entry, ['attr', 'error']) ?? cause(entry)
  return detail === undefined ? message : `${message}: ${detail}`
}

/** Removes the prefix of time and thread, by which WiredTiger makes equal messages differ. */
function cause(entry: unknown): string | undefined {
  const message = textAt(entry, ['attr', 'message', 'msg']) ?? textAt(entry, ['attr', 'message'])
  return message?.replace(/^\[[^\]]*\](\[[^\]]*\])?,? ?/, '')
}

function textAt(entry: unknown, path: readonly string[]): string | undefined {
  let value = entry
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([name]) => name === key)?.[1]
  }
  return typeof value === 'string' ? value : undefined
}
