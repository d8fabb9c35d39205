import { spawn } from 'node:child_process'
import { once } from 'node:events'

export type Program = {
  readonly name: string
  readonly args: readonly string[]
  /**
   * Variables added to the environment. Secrets belong here: every user of the machine can read arguments.
   */
  readonly env?: Readonly<Record<string, string>>
  /** Time limit of the program, in milliseconds. */
  readonly msMax: number
}

/** Runs another program with the output of this process. Fails unless it ends with exit code 0. */
export async function runProgram(program: Program): Promise<void> {
  await run(program, 'inherit')
}

/** Runs another program and returns its output. Fails unless it ends with exit code 0. */
export async function readProgram(program: Program): Promise<string> {
  return await run(program, 'pipe')
}

async function run({ name, args, env, msMax }: Program, stdout: 'inherit' | 'pipe'): Promise<string> {
  const child = spawn(name, args, {
    stdio: ['ignore', stdout, 'inherit'],
    env: { ...process.env, ...env },
    signal: AbortSignal.timeout(msMax),
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    // A program that cannot start or exceeds its time limit has an error.
    throw new Error(`${name} ${error.code === 'ENOENT' ? 'is required but was not found' : 'took too long'}`)
  })
  if (code === 0) return output
  throw new Error(`${name} ${args.join(' ')}: exit code ${code}`)
}
