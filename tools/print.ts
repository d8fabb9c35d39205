import { terminalLines } from '../src/observability/logging/terminal-text.js'

/** Writes lines to standard output. What came from outside cannot steer the terminal. */
export function print(text: string): void {
  console.log(terminalLines(text))
}
