import { Failure } from '../failure.js'

/** Describes why a file could not be read. */
export function readFailure(path: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return new Failure(`file not found: ${path}`)
  if (code === 'EISDIR') return new Failure(`${path} is a folder, not a file`)
  if (code === 'EACCES') return new Failure(`no permission to read ${path}`)
  return new Failure(`cannot read ${path}: ${error instanceof Error ? error.message : error}`)
}
