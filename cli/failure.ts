/** The exit codes of commands. The help of `benefits` lists the same four. */
export const exitCodes = {
  /** Done, or approved. */
  done: 0,
  /** The service declined or rejected the request, or there are discrepancies. */
  declined: 1,
  /** A wrong option, file, token or configuration. Nothing was done. */
  wrongUse: 2,
  /** The service did not answer, or the outcome is unknown. */
  noAnswer: 3,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Ends a command with one message for the user. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = exitCodes.wrongUse) {
    super(message)
    this.exitCode = exitCode
  }
}
