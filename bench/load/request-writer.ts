/** A purchase as it is sent. All text is ASCII. */
export type Request = {
  readonly id: string
  readonly accountId: string
  /** In centavos; below 2^53, and only ever compared and written. */
  readonly amount: number
  readonly mcc: string
  readonly merchant: string
}

const PREFIX_BYTES = 5
/** Room for the longest valid request. */
const BYTES_MAX = 1_024

/**
 * Writes AuthorizeRequests with the prefix of gRPC into the same memory again and again. What the generated code allocates for each
 * cost more, in garbage collection, than everything else that the load generator does.
 */
export class RequestWriter {
  readonly #bytes = Buffer.allocUnsafeSlow(BYTES_MAX)
  #at = 0

  /** The message, as a view that the next call overwrites. */
  message({ id, accountId, amount, mcc, merchant }: Request): Buffer {
    this.#at = PREFIX_BYTES
    this.#text(0x0a, id)
    this.#text(0x12, accountId)
    this.#bytes[this.#at++] = 0x18
    this.#varint(amount)
    this.#text(0x22, mcc)
    this.#text(0x2a, merchant)
    this.#bytes[0] = 0
    this.#bytes.writeUInt32BE(this.#at - PREFIX_BYTES, 1)
    return this.#bytes.subarray(0, this.#at)
  }

  #text(tag: number, text: string): void {
    const bytes = this.#bytes
    bytes[this.#at++] = tag
    this.#varint(text.length)
    // For texts this short, quicker than a call of Buffer's own.
    for (let index = 0; index < text.length; index++) bytes[this.#at++] = text.charCodeAt(index)
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }
}
