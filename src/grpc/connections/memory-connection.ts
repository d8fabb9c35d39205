import { Duplex } from 'node:stream'

/** A chunk written to a stream. */
type Written = { readonly chunk: Buffer }

/**
 * One end of a connection in memory.
 *
 * Node's own `duplexPair` loses the end of a write when its reader asks for more during a chunk, as HTTP/2
 * does; then nothing is sent any more. Here a write ends when the other end has the chunk, in the next turn
 * of the event loop: an immediate write would call HTTP/2 back in the middle of its own write.
 * What is under way is bounded by the flow control of HTTP/2.
 */
class MemoryEnd extends Duplex {
  #other: MemoryEnd | undefined

  join(other: MemoryEnd): void {
    this.#other = other
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this._writev([{ chunk }], done)
  }

  override _writev(written: readonly Written[], done: () => void): void {
    setImmediate(() => {
      for (const { chunk } of written) this.#other?.push(chunk)
      done()
    })
  }

  override _final(done: () => void): void {
    setImmediate(() => {
      this.#other?.push(null)
      done()
    })
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    setImmediate(() => this.#other?.destroy())
    done(error)
  }
}

/** Makes a connection in memory, and returns its two ends. */
export function memoryConnection(): readonly [Duplex, Duplex] {
  const [one, other] = [new MemoryEnd(), new MemoryEnd()]
  one.join(other)
  other.join(one)
  return [one, other]
}
