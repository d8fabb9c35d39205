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

function withoutCredentials(message: string): string {
  return message.replace(/\/\/[^/@\s]*@/g, '//[redacted]@')
}
