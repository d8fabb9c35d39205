import { readdirSync, readFileSync } from 'node:fs'

const SAMPLE_MS = 250

/** Resident memory and open files of a process. */
export type Usage = { readonly memoryBytes: number; readonly descriptors: number }

const NONE: Usage = { memoryBytes: 0, descriptors: 0 }

/** Watches the resource usage of a process, through /proc of Linux. */
export class Watch {
  readonly #pid: number
  readonly #timer: NodeJS.Timeout
  #peak = NONE

  constructor(pid: number) {
    this.#pid = pid
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS)
  }

  /** The current usage; undefined after the process has exited. */
  get now(): Usage {
    try {
      const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8'))?.[1]
      const descriptors = readdirSync(`/proc/${this.#pid}/fd`).length
      return { memoryBytes: Number(kib ?? 0) * 1_024, descriptors }
    } catch {
      return NONE
    }
  }

  /** The peaks since the last call. */
  take(): Usage {
    this.#look()
    const peak = this.#peak
    this.#peak = NONE
    return peak
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { memoryBytes, descriptors } = this.now
    this.#peak = {
      memoryBytes: Math.max(this.#peak.memoryBytes, memoryBytes),
      descriptors: Math.max(this.#peak.descriptors, descriptors),
    }
  }
}
