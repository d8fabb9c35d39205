import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { NODE_FLAGS, PROJECT, watch } from './children.js'

/** Longest text that a program may print, in bytes. */
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024

export type JsonProgramOptions = {
  /** Compiled, from the project's folder. */
  readonly script: string
  /** Flags of Node.js; those of the servers when absent. */
  readonly flags?: readonly string[]
  /** What it reads, as JSON. */
  readonly input: object
  /** Longest time that it may take. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Runs a program that reads JSON and prints JSON, as a process of its own. What it prints is taken for a `Result`: it was compiled
 * together with us.
 *
 * @throws Error with what it wrote to standard error when it fails, takes too long, or is interrupted.
 */
export async function runJsonProgram<Result>(options: JsonProgramOptions): Promise<Result> {
  const { script, flags = NODE_FLAGS, input, timeoutMs, signal } = options
  signal.throwIfAborted()
  const child = watch(
    spawn(process.execPath, [...flags, script], { cwd: PROJECT, stdio: ['pipe', 'pipe', 'pipe'] }),
  )
  const stop = () => child.kill('SIGKILL')
  const timer = setTimeout(stop, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const stdout = gather(child.stdout, stop)
    const stderr = gather(child.stderr, stop)
    // One that ends without reading breaks the pipe: its exit code and its words say more.
    child.stdin.on('error', () => {})
    child.stdin.end(JSON.stringify(input))
    await once(child, 'close')
    signal.throwIfAborted()
    if (child.exitCode !== 0)
      throw new Error(`${script} ended with ${child.signalCode ?? child.exitCode}: ${stderr()}`)
    return JSON.parse(stdout())
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

function gather(from: NodeJS.ReadableStream, stop: () => void): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  from.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > OUTPUT_BYTES_MAX) stop()
    else chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString()
}
