/** Whoever things happen to: when it is no longer alive, they do not happen. */
export type Mortal = { readonly isAlive: boolean }

/** Something that will happen. */
export type Event = {
  readonly atUs: number
  /** Which of two that fall together comes first. */
  readonly order: number
  /** Nobody outside the store hears of it, so that nobody has to be waited for before the next one. */
  readonly quiet: boolean
  readonly of: Mortal | undefined
  /** Absent once it was called off. */
  act: (() => void) | undefined
}

/**
 * Time that passes only when something happens: events one after another, each at its moment, in microseconds. Whoever says how far
 * away an event is decides what comes before it.
 */
export class VirtualTime {
  readonly #heap: Event[] = []
  #nowUs = 0
  #order = 0

  get nowUs(): number {
    return this.#nowUs
  }

  /** Makes something happen to somebody, or to nobody in particular. */
  after(delayUs: number, act: () => void, of?: Mortal): Event {
    return this.#add({ atUs: this.#nowUs + delayUs, order: this.#order++, quiet: false, of, act })
  }

  /** Makes something happen that nobody outside the store hears of. */
  quietlyAfter(delayUs: number, act: () => void, of?: Mortal): void {
    this.#add({ atUs: this.#nowUs + delayUs, order: this.#order++, quiet: true, of, act })
  }

  /** Lets the next thing happen, and says what it was; undefined when nothing will happen any more. */
  next(): Event | undefined {
    for (let event = this.#take(); event; event = this.#take()) {
      const { act, of } = event
      if (!act || of?.isAlive === false) continue
      this.#nowUs = event.atUs
      act()
      return event
    }
    return undefined
  }

  #add(event: Event): Event {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const above = (at - 1) >> 1
      const other = heap[above]
      if (!other || isBefore(other, event)) break
      heap[at] = other
      at = above
    }
    heap[at] = event
    return event
  }

  #take(): Event | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!last || first === last) return first
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      const isRight = left !== undefined && right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (!child || isBefore(last, child)) break
      heap[at] = child
      at = 2 * at + (isRight ? 2 : 1)
    }
    heap[at] = last
    return first
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order)
}
