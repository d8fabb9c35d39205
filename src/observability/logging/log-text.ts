import { terminalText } from './terminal-text.js'

/**
 * Renders one JSON line of the log for people: time of day, level, event and fields. An error's stack follows
 * on lines of its own. Anything that is not a line of the log is returned unchanged.
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

/**
 * Renders a plain word as it is and anything else as JSON. Text from outside can neither end the line nor
 * control the terminal.
 */
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
