import { spawnSync } from 'node:child_process'

/** Whether promtool is on the PATH. The suite has to run on a machine that has Node.js, npm and make only. */
export function hasPromtool(): boolean {
  return spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0
}
