import type { Explanation } from '../logging/repeated-failure-log.js'

/** Longest complaint that is logged, in characters. */
const MESSAGE_LENGTH_MAX = 300

/**
 * Explains a complaint of the SDK. Its kind is the text without words that contain digits, so that another
 * number or id makes no new kind.
 */
export function explainComplaint(message: unknown): Explanation {
  const problem = withoutCredentials(String(message)).slice(0, MESSAGE_LENGTH_MAX)
  return { kind: problem.replace(/\w*\d\w*/g, ''), fields: { problem } }
}

/** Explains a loss of spans by a word or a number. The whole error would include the collector's answer. */
export function explainLoss(error: unknown): Explanation {
  const cause = causeOf(error)
  return { kind: cause, fields: { cause } }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && error.code !== undefined ? String(error.code) : error.name
}

function withoutCredentials(message: string): string {
  return message.replace(/\/\/[^/@\s]*@/g, '//[redacted]@')
}
