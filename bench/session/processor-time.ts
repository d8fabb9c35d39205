import { readFileSync } from 'node:fs'

/** Unit of the times in /proc, in milliseconds: USER_HZ is 100 on every Linux that Node.js runs on. */
const TICK_MS = 10

/** What a process and everything that it has started have used. */
export type Usage = {
  /** Processor time, in milliseconds. */
  readonly cpuMs: number
  /** Resident memory, in bytes. */
  readonly rssBytes: number
}

/** Usage of a process and its descendants, as of now; undefined where there is no /proc, or no such process. */
export function usageOf(pid: number): Usage | undefined {
  const root = usageAlone(pid)
  if (!root) return undefined
  const family = [root, ...childrenOf(pid).flatMap((child) => usageOf(child) ?? [])]
  return {
    cpuMs: sum(family.map(({ cpuMs }) => cpuMs)),
    rssBytes: sum(family.map(({ rssBytes }) => rssBytes)),
  }
}

function usageAlone(pid: number): Usage | undefined {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The name in brackets may hold anything; what follows the last bracket are numbers: field 3 of proc(5) and on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  // Here it would be in pages, of a size that is not said.
  const rssKb = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return {
    // Its own time, and that of children that have ended.
    cpuMs: (field(14) + field(15) + field(16) + field(17)) * TICK_MS,
    rssBytes: Number(rssKb ?? 0) * 1_024,
  }
}

function childrenOf(pid: number): readonly number[] {
  const ids = read(`/proc/${pid}/task/${pid}/children`) ?? ''
  return ids.split(' ').filter(Boolean).map(Number)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Processes come and go.
    return undefined
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
