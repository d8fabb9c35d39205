import type { ClearingLine } from './clearing-file.js'

/**
 * The lines that wait to be sent, in the order of the file. Of one purchase a single line is taken at a time,
 * so that the service decides its lines in that order.
 */
export class PurchaseQueue {
  readonly #ready: ClearingLine[] = []
  /** The lines behind the one that is ready or taken, by purchase. */
  readonly #behind = new Map<string, ClearingLine[]>()

  constructor(lines: readonly ClearingLine[]) {
    for (const line of lines) {
      const others = this.#behind.get(keyOf(line))
      if (others) others.push(line)
      else {
        this.#behind.set(keyOf(line), [])
        this.#ready.push(line)
      }
    }
    // The end of a list is taken in constant time.
    this.#ready.reverse()
  }

  /** Takes the next line that may be sent; undefined when there is none at the moment. */
  take(): ClearingLine | undefined {
    return this.#ready.pop()
  }

  /** Ends a taken line: the next one of its purchase may be sent. */
  done(line: ClearingLine): void {
    const next = this.#behind.get(keyOf(line))?.shift()
    if (next) this.#ready.push(next)
    else this.#behind.delete(keyOf(line))
  }

  /** Puts taken lines back, to be sent first. */
  putBack(lines: readonly ClearingLine[]): void {
    this.#ready.push(...[...lines].reverse())
  }
}

function keyOf({ accountId, purchaseId }: ClearingLine): string {
  return `${accountId} ${purchaseId}`
}
