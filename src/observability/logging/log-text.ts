import { terminalText } from './terminal-text.js'

/**
 * One line of the log as people read it: the time of day, the level, the event and its fields. An error's stack follows on lines of its own.
 * What is not a line of the log is left as it is.
 */
export function logText(line: string): string {
  const { time, level, event, err, ...fields } = parse(line)
  if (typeof time !== 'string' || typeof level !== 'string') return line
  const words = [time.slice(11, 23), level.toUpperCase().padEnd(5), terminalText(String(event ?? ''))]
  const pairs = Object.entries(fields).map(([name, value]) => `${terminalText(name)}=${valueText(value)}`)
  return `${[...words, ...pairs].join(' ')}\n${errorText(err)}`
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}

/** As it is if it is one plain word, else as JSON: whatever comes from outside can neither end the line nor steer the terminal. */
function valueText(value: unknown): string {
  return typeof value === 'string' && /^[\w.:/@+-]+$/.test(value)
    ? value
    : terminalText(JSON.stringify(value))
}

function errorText(err: unknown): string {
  if (typeof err !== 'object' || err === null) return ''
  const text = 'stack' in err ? err.stack : JSON.stringify(err)
  return String(text)
    .split('\n')
    .map((part) => `    ${terminalText(part)}\n`)
    .join('')
}
