import { descriptorsOf } from '../../../bench/long-run/descriptors.js'
import { usageOf } from '../../../bench/session/processor-time.js'

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
    return {
      memoryBytes: usageOf(this.#pid)?.rssBytes ?? 0,
      descriptors: descriptorsOf(this.#pid)?.open ?? 0,
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
