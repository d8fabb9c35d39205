import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { runCommand } from './command.js'
import { type Deployment, requestedDeployment } from './deployment.js'
import { readProgram, runProgram } from './program.js'

const JOB = 'benefits-authorizer-schema'
const DEPLOYMENT = 'benefits-authorizer'
/** Longest time for the indexes, as the Job itself has it, and for a rollout; in milliseconds. */
const SCHEMA_MS_MAX = 1_800_000
const ROLLOUT_MS_MAX = 1_800_000
const COMMAND_MS_MAX = 60_000
const POLL_MS = 2_000

await runCommand('deploy', async () => {
  const deployment = requestedDeployment()
  await expectOwnImage(deployment)
  await deployment.decrypt(process.env)
  try {
    removeWhenInterrupted(deployment)
    await deployment.check()
    await deploy(deployment)
  } finally {
    await deployment.removePlain()
  }
})

/** Nobody who presses Ctrl-C leaves readable secrets behind. */
function removeWhenInterrupted({ plainPath }: Deployment): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      rmSync(plainPath, { force: true })
      process.exit(1)
    })
  }
}

/** Everything but the service first, and the schema with it; the service when the schema is there. */
async function deploy({ name, folder }: Deployment): Promise<void> {
  const namespace = `--namespace=benefits-${name}`
  await kubectl(['version', '--client=true'])
  await kubectl(['delete', 'job', JOB, namespace, '--ignore-not-found'])
  await kubectl(['apply', '-k', folder, '--selector=app.kubernetes.io/component!=server'])
  await untilSchema(namespace)
  await kubectl(['apply', '-k', folder])
  const timeout = `--timeout=${ROLLOUT_MS_MAX / 1_000}s`
  await kubectl(['rollout', 'status', `deployment/${DEPLOYMENT}`, namespace, timeout])
}

/** `kubectl wait` waits for one outcome only: a Job that failed would be waited for to the end. */
async function untilSchema(namespace: string): Promise<void> {
  const endsAtMs = performance.now() + SCHEMA_MS_MAX
  const conditions = 'jsonpath={.status.conditions[?(@.status=="True")].type}'
  while (performance.now() < endsAtMs) {
    const args = ['get', `job/${JOB}`, namespace, '--output', conditions]
    const outcome = await readProgram({ name: 'kubectl', args, msMax: COMMAND_MS_MAX })
    if (outcome.includes('Complete')) return
    if (outcome.includes('Failed'))
      throw new Error(
        `the schema could not be made, nothing was rolled out: kubectl logs job/${JOB} ${namespace}`,
      )
    await delay(POLL_MS)
  }
  throw new Error(
    `the schema was not made in time, nothing was rolled out: kubectl logs job/${JOB} ${namespace}`,
  )
}

async function kubectl(args: readonly string[]): Promise<void> {
  await runProgram({ name: 'kubectl', args, msMax: ROLLOUT_MS_MAX + COMMAND_MS_MAX })
}

/** The name that the repository has for an image is nobody's. */
async function expectOwnImage({ folder }: Deployment): Promise<void> {
  const path = join(folder, 'kustomization.yaml')
  if ((await readFile(path, 'utf8')).includes('registry.example.com'))
    throw new Error(`${path}: set newName and newTag to the image that you have built and pushed`)
}
