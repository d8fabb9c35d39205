/** What is wrong with a file of keys or certificates: names the variable that gives the file, and shows nothing that is in it. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError'

  constructor(variable: string, problem: string, options?: ErrorOptions) {
    super(`${variable}: ${problem}`, options)
  }
}
