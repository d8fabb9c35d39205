import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PROMETHEUS_FOLDER } from '../../tools/deploy/rule-groups.js'
import { ruleTestFiles } from './rule-files.js'

/** Longest time for one of promtool's checks, in milliseconds. */
const PROMTOOL_MS_MAX = 120_000

/** Lists the programs that are missing on the PATH. */
export function missingPrograms(names: readonly string[]): readonly string[] {
  return names.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status !== 0)
}

/** The checks of promtool on the files. */
export const promtoolChecks: readonly { readonly what: string; readonly args: readonly string[] }[] = [
  {
    what: 'the configuration and all rules can be read',
    args: ['check', 'config', join(PROMETHEUS_FOLDER, 'prometheus.yml')],
  },
  {
    what: 'every alert fires when it should, and is silent otherwise',
    args: ['test', 'rules', ...ruleTestFiles()],
  },
]

/** Runs promtool, with the text as its standard input. Returns its problems; undefined without any. */
export function promtoolComplaint(args: readonly string[], input = ''): string | undefined {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, {
    encoding: 'utf8',
    input,
    timeout: PROMTOOL_MS_MAX,
  })
  return status === 0 ? undefined : `${error?.message ?? ''}${stdout}${stderr}`
}
