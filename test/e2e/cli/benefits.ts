import { JWT_SECRET } from '../../support/clients/token.js'
import { watchForLeaks } from '../../support/leaks.js'
import type { ServiceFixture } from '../../support/processes/service-fixture.js'
import { type Environment, type Finished, run } from '../commands/make.js'

/** Runs `./benefits` with these arguments, as a script does: without input and without a terminal. */
export async function benefits(args: readonly string[], env: Environment = {}): Promise<Finished> {
  const finished = await run('./benefits', args, env)
  if (args[0] !== 'token') watchForLeaks('./benefits', () => `${finished.stdout}${finished.stderr}`)
  return finished
}

/** The same for the service of a suite. */
export function against(fixture: () => ServiceFixture) {
  return async (...args: readonly string[]): Promise<Finished> => await benefits(args, envOf(fixture()))
}

/** The variables that a command needs to reach the service of a suite, and its database. */
export function envOf({ service, env }: ServiceFixture): Environment {
  const [HOST, GRPC_PORT] = service.grpcAddress.split(':')
  const { MONGODB_URI, MONGODB_DATABASE } = env
  return { HOST, GRPC_PORT, JWT_SECRET, MONGODB_URI, MONGODB_DATABASE }
}

/** Preloaded into Node.js programs, which then see their outputs as a terminal of this width. */
export function atTerminal(env: Environment, columns: number): Environment {
  const source = `for (const out of [process.stdout, process.stderr]) { out.isTTY = true; out.columns = ${columns} }`
  return { ...env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` }
}

/** The account as JSON, once the command has succeeded. */
export function accountIn({ code, stdout, stderr }: Finished) {
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`)
  return JSON.parse(stdout).account
}
