/** The owner of an event. An event of a dead owner is skipped. */
export type Mortal = { readonly isAlive: boolean }

/** A future event. */
export type Event = {
  readonly atUs: number
  /** Breaks ties between events at the same time. */
  readonly order: number
  /** Invisible outside the store, so that the next event need not wait for reactions. */
  readonly quiet: boolean
  readonly of: Mortal | undefined
  /** Absent once it is cancelled. */
  act: (() => void) | undefined
}

/**
 * Time that passes only with events, which happen one after another, in microseconds. The delay of an event
 * determines its order.
 */
export class VirtualTime {
  readonly #heap: Event[] = []
  #nowUs = 0
  #order = 0

  get nowUs(): number {
    return this.#nowUs
  }

  /** Schedules an event, with or without an owner. */
  after(delayUs: number, act: () => void, of?: Mortal): Event {
    return this.#add({ atUs: this.#nowUs + delayUs, order: this.#order++, quiet: false, of, act })
  }

  /** Schedules an event that is invisible outside the store. */
  quietlyAfter(delayUs: number, act: () => void, of?: Mortal): void {
    this.#add({ atUs: this.#nowUs + delayUs, order: this.#order++, quiet: true, of, act })
  }

  /** Executes the next event and returns it; undefined when none is left. */
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
