import { buildPrograms } from '../../../bench/session/build.js'

const BUILT = 'TEST_BENCH_PROGRAMS_BUILT'

/**
 * Compiles the programs of the benchmark once for a whole run: a second compiler would overwrite a program
 * while another test starts it.
 */
export async function buildBenchPrograms(): Promise<void> {
  if (process.env[BUILT] !== undefined) return
  await buildPrograms()
  process.env[BUILT] = 'yes'
}
