/**
 * The reason of a failed start. Waiting helps while another mongod holds the data, and another port when the
 * port is taken.
 */
export type StartFailure = 'data-locked' | 'port-taken' | 'other'

export type MongodExit = { readonly code: number | null; readonly signal: string | null }

/** mongod's exit code for data that only another version can open. */
const EXIT_OTHER_VERSION = 62

/** Thrown when mongod does not start. The message is one line. */
export class MongodStartError extends Error {
  override readonly name = 'MongodStartError'
  readonly failure: StartFailure

  constructor(failure: StartFailure, message: string) {
    super(message)
    this.failure = failure
  }
}

/** Explains a failed start by mongod's errors and exit code, or by `otherwise` when there are none. */
export function explainStart(
  complaints: string,
  exit: MongodExit | undefined,
  otherwise: string,
): MongodStartError {
  if (complaints.includes('DBPathInUse')) return new MongodStartError('data-locked', complaints)
  if (/address already in use/i.test(complaints)) return new MongodStartError('port-taken', complaints)

  const reason = complaints || howItEnded(exit) || otherwise
  if (
    exit?.code === EXIT_OTHER_VERSION ||
    /under any compatibility version|Wrong mongod version/.test(complaints)
  ) {
    const message = `this version of MongoDB cannot open the data: a newer version probably wrote them (${reason})`
    return new MongodStartError('other', message)
  }
  return new MongodStartError('other', `mongod did not start: ${reason}`)
}

function howItEnded(exit: MongodExit | undefined): string {
  if (!exit) return ''
  return exit.signal === null ? `it exited with code ${exit.code}` : `it was killed by ${exit.signal}`
}
