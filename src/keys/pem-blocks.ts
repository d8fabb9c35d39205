import { KeyFileError } from './key-file-error.js'

/** A text file and the variable that gives it. */
export type NamedText = { readonly variable: string; readonly text: string }

/** One block of a PEM file. */
export type PemBlock = {
  /** What it says it is, such as CERTIFICATE. */
  readonly label: string
  /** The block alone, markers included. */
  readonly text: string
}

/**
 * The blocks of a PEM file, in order, at least one; what stands between them is a comment.
 *
 * @throws KeyFileError when there is none, or one that is cut off.
 */
export function pemBlocksIn({ variable, text }: NamedText): readonly PemBlock[] {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g)]
  if (blocks.length < text.split('-----BEGIN ').length - 1) {
    throw new KeyFileError(variable, `PEM block ${blocks.length + 1} is broken`)
  }
  if (blocks.length === 0) throw new KeyFileError(variable, 'has no PEM block')
  return blocks.map(([block, label = '']) => ({ label, text: `${block}\n` }))
}
