import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Machine, Measurements } from '../report/measurements.js'
import { NODE_FLAGS, PROJECT } from './children.js'

/** What the figures depend on: the page that they are written to is not part of it. */
const MEASURED = ['src', 'bench', 'package-lock.json'] as const

/** What is measured: the commit, and whether files were changed since. */
export function commitOf(): Pick<Measurements, 'commit' | 'dirty'> {
  try {
    return {
      commit: git('rev-parse', 'HEAD'),
      dirty: git('status', '--porcelain', '--', ...MEASURED) !== '',
    }
  } catch {
    // Not a clone: an unpacked archive knows no commit.
    return { commit: 'unknown', dirty: false }
  }
}

/** The machine that it is measured on. */
export function machine(): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
  }
}

/** Versions of what is measured and of what it is measured with. */
export function versions(mongodVersion: string): Measurements['versions'] {
  const { dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
  return [
    ['Node.js', `${process.versions.node} ${NODE_FLAGS.join(' ')}`],
    ['MongoDB', mongodVersion],
    ['MongoDB driver', dependencies.mongodb],
    ['@grpc/grpc-js', dependencies['@grpc/grpc-js']],
  ]
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}
