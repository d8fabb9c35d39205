import { KeyFileError } from './key-file-error.js'

/** The content of a text file, with its environment variable. */
export type NamedText = { readonly variable: string; readonly text: string }

/** One block of a PEM file. */
export type PemBlock = {
  /** Label of the block, such as CERTIFICATE. */
  readonly label: string
  /** The block alone, markers included. */
  readonly text: string
}

/**
 * Returns the blocks of a PEM file in order, at least one. Text between them is a comment.
 *
 * @throws KeyFileError when there is no block, or one is cut off.
 */
export function pemBlocksIn({ variable, text }: NamedText): readonly PemBlock[] {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g)]
  if (blocks.length < text.split('-----BEGIN ').length - 1) {
    throw new KeyFileError(variable, `PEM block ${blocks.length + 1} is broken`)
  }
  if (blocks.length === 0) throw new KeyFileError(variable, 'has no PEM block')
  return blocks.map(([block, label = '']) => ({ label, text: `${block}\n` }))
}
