/**
 * One line of the log as people read it: the time of day, the level, the event and its fields. An error's stack follows on lines of its own.
 * What is not a line of the log is left as it is.
 */
export function logText(line: string): string {
  const { time, level, event, err, ...fields } = parse(line)
  if (typeof time !== 'string' || typeof level !== 'string') return line
  const words = [time.slice(11, 23), level.toUpperCase().padEnd(5), String(event ?? '')]
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`)
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
  return typeof value === 'string' && /^[\w.:/@+-]+$/.test(value) ? value : escaped(JSON.stringify(value))
}

function errorText(err: unknown): string {
  if (typeof err !== 'object' || err === null) return ''
  const text = 'stack' in err ? err.stack : JSON.stringify(err)
  return String(text)
    .split('\n')
    .map((part) => `    ${escaped(part)}\n`)
    .join('')
}

/** JSON leaves some characters that terminals obey. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
