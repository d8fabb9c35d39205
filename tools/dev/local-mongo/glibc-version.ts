/** The way in which MongoDB's Ubuntu 24.04 builds run on a host. */
export type GlibcFit = 'as-built' | 'patched' | 'too-old' | 'not-glibc'

/** The builds require 2.38. With the patch of `glibc-patch.ts` they still need `arc4random` of 2.36. */
const BUILT_FOR_MINOR = 38
const OLDEST_MINOR = 36

/**
 * Decides from a version such as `2.36` whether the programs need the patch. `undefined` means another
 * libc.
 */
export function glibcFit(version: string | undefined): GlibcFit {
  const match = /^(\d+)\.(\d+)/.exec(version ?? '')
  if (!match) return 'not-glibc'
  const major = Number(match[1])
  const minor = Number(match[2])
  if (major > 2 || (major === 2 && minor >= BUILT_FOR_MINOR)) return 'as-built'
  if (major === 2 && minor >= OLDEST_MINOR) return 'patched'
  return 'too-old'
}

/** Returns the glibc version of this process, or `undefined` on musl and outside Linux. */
export function hostGlibcVersion(): string | undefined {
  const report: object = process.report.getReport()
  const header: unknown = 'header' in report ? report.header : undefined
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) return undefined
  return typeof header.glibcVersionRuntime === 'string' ? header.glibcVersionRuntime : undefined
}
