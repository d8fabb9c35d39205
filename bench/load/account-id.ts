import type { AccountRange } from './job.js'

/** Digits of an account's number. */
const DIGITS = 7

/** Id of the account with that number, from 0 to `count - 1`. */
export function accountIdAt({ prefix }: AccountRange, number: number): string {
  return prefix + String(number).padStart(DIGITS, '0')
}
