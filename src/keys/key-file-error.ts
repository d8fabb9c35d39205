/**
 * A problem with a file of keys or certificates. It names the environment variable of the file, and reveals
 * none of its content.
 */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError'

  constructor(variable: string, problem: string, options?: ErrorOptions) {
    super(`${variable}: ${problem}`, options)
  }
}
