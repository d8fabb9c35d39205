import { Failure } from '../failure.js'

/** Says in words why a file could not be read. */
export function readFailure(path: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return new Failure(`there is no file ${path}`)
  if (code === 'EISDIR') return new Failure(`${path} is a folder, not a file`)
  if (code === 'EACCES') return new Failure(`you may not read ${path}`)
  return new Failure(`cannot read ${path}: ${error instanceof Error ? error.message : error}`)
}
