import { readdirSync, readFileSync } from 'node:fs'

const SAMPLE_MS = 250

/** The most that was seen of a process. */
export type Peak = { readonly memoryBytes: number; readonly descriptors: number }

/** Looks at a process now and then. On Linux: it is read from /proc. */
export class Watch {
  readonly #pid: number
  readonly #timer: NodeJS.Timeout
  #memoryBytes = 0
  #descriptors = 0

  constructor(pid: number) {
    this.#pid = pid
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS)
  }

  /** What was seen since the last time that this was asked. */
  take(): Peak {
    this.#look()
    const peak = { memoryBytes: this.#memoryBytes, descriptors: this.#descriptors }
    this.#memoryBytes = 0
    this.#descriptors = 0
    return peak
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { memoryBytes, descriptors } = usedBy(this.#pid)
    this.#memoryBytes = Math.max(this.#memoryBytes, memoryBytes)
    this.#descriptors = Math.max(this.#descriptors, descriptors)
  }
}

/** What a process has at this moment: memory that is resident, and open files. Nothing, when it has ended. */
export function usedBy(pid: number): Peak {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return { memoryBytes: Number(kib ?? 0) * 1_024, descriptors: readdirSync(`/proc/${pid}/fd`).length }
  } catch {
    return { memoryBytes: 0, descriptors: 0 }
  }
}
