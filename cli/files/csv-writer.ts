import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { stringify } from 'csv-stringify/sync'
import { Failure } from '../failure.js'
import { safeCell } from './spreadsheet-cell.js'

/** Tells a spreadsheet that the file is UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff'

/** Writes records with quotes where needed. A spreadsheet runs none of their cells. */
export function csvText(records: readonly (readonly string[])[], separator = ','): string {
  const safe = records.map((cells) => cells.map(safeCell))
  return stringify(safe, { delimiter: separator })
}

/** A new file, created before its content is known, so that a problem shows before any work is done. */
export class NewFile {
  readonly path: string
  readonly #descriptor: number
  #isEmpty = true

  constructor(path: string) {
    this.path = path
    try {
      this.#descriptor = openSync(path, 'wx')
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'EEXIST') throw new Failure(`${path} already exists: move it away, or name another file`)
      throw new Failure(`cannot write ${path}: ${error instanceof Error ? error.message : error}`)
    }
  }

  write(text: string): void {
    this.#isEmpty = false
    writeSync(this.#descriptor, text)
  }

  /** Closes the file, and removes it when it is empty. */
  close(): void {
    closeSync(this.#descriptor)
    if (this.#isEmpty) rmSync(this.path)
  }
}
