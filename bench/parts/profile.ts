import { readFileSync } from 'node:fs'

/** What V8 writes with `--cpu-prof`: functions, and which of them was running when, with the time until the next look. */
type Profile = {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples: readonly number[]
  /** In microseconds. */
  readonly timeDeltas: readonly number[]
}

/** Parts with a smaller share are one line. */
const SHARE_MIN = 0.01

/** Sums a CPU profile by package, our own code by folder. Prints a table in Markdown. */
const [, , file] = process.argv
if (file === undefined)
  throw new Error('which file? node --import tsx bench/parts/profile.ts <file>.cpuprofile')
// V8 wrote it, and its form is documented.
const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile
const parts = new Map(profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]))
const timeUs = new Map<string, number>()
for (const [index, id] of profile.samples.entries()) {
  const part = parts.get(id) ?? 'unknown'
  if (part !== 'idle') timeUs.set(part, (timeUs.get(part) ?? 0) + (profile.timeDeltas[index] ?? 0))
}
const totalUs = [...timeUs.values()].reduce((sum, time) => sum + time, 0)
const shares = [...timeUs].map(([part, time]) => [part, time / totalUs] as const)
const large = shares.filter(([, share]) => share >= SHARE_MIN).sort((one, other) => other[1] - one[1])
const rest = 1 - large.reduce((sum, [, share]) => sum + share, 0)

process.stdout.write('| part | share of the busy time |\n|---|---:|\n')
for (const [part, share] of [...large, ['everything else', rest] as const]) {
  process.stdout.write(`| ${part} | ${(share * 100).toFixed(1)} % |\n`)
}

function partOf({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName.startsWith('write') && url === '') return 'writing to sockets (system calls)'
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  if (library !== undefined) return library
  const folder = /\/(?:dist|src)\/(?:([^/]+)\/)?[^/]+$/.exec(url)
  if (folder) return `src/${folder[1] ?? ''}`
  if (url.startsWith('node:internal/http2')) return 'node:http2'
  return url.startsWith('node:') ? 'node, the rest' : 'V8 and what is built in'
}
