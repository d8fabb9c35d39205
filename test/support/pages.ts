import { readdirSync, readFileSync } from 'node:fs'

const docs: readonly string[] = readdirSync('.docs', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .sort()
  .map((name) => `.docs/${name}`)

const TRANSLATED = '.pt-BR.md'

/** The guides by reader, as paths, without translations. */
export const guides: readonly string[] = docs.filter(
  (path) => path.startsWith('.docs/guide/') && !path.endsWith(TRANSLATED),
)

/** The pages in Portuguese. A test compares each with its original. */
export const translations: readonly string[] = [
  `README${TRANSLATED}`,
  ...docs.filter((path) => path.endsWith(TRANSLATED)),
]

/** The original of a translated page. */
export function originalOf(translation: string): string {
  return translation.replace(TRANSLATED, '.md')
}

/**
 * The pages that show the current use of the service, as paths. The changelog and the decisions also describe
 * the past.
 */
export const currentPages: readonly string[] = [
  'README.md',
  `README${TRANSLATED}`,
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...docs.filter((path) => !path.startsWith('.docs/decisions/')),
]

/** The commands in the shell blocks of a page: one a line, without comments, with continued lines joined. */
export function shellCommandsIn(path: string): readonly string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
    .map((line) => line.replace(/ +# .*$/, '').trim())
    .filter((line) => line !== '')
}
