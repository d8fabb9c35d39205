import { rmSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { requiredArgument, runCommand } from '../command.js'
import { Cluster } from './cluster.js'
import { type Deployment, requestedDeployment } from './deployment.js'
import { prometheusRule } from './prometheus-rule.js'
import { readRuleGroups } from './rule-groups.js'

const JOB = 'benefits-authorizer-schema'
const DEPLOYMENT = 'benefits-authorizer'
/** Longest time for the indexes, as the Job itself has it, and for a rollout; in milliseconds. */
const SCHEMA_MS_MAX = 1_800_000
const ROLLOUT_MS_MAX = 1_800_000
const POLL_MS = 2_000

await runCommand('deploy', async () => {
  const deployment = requestedDeployment()
  const cluster = new Cluster({
    context: requiredArgument('context', 'context=my-cluster (kubectl config get-contexts names them)'),
    namespace: `benefits-${deployment.name}`,
    msMax: ROLLOUT_MS_MAX,
  })
  await expectOwnImage(deployment)
  await deployment.decrypt(process.env)
  try {
    removeWhenInterrupted(deployment)
    await deployment.check()
    await deploy(deployment, cluster)
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
async function deploy({ folder }: Deployment, cluster: Cluster): Promise<void> {
  await cluster.kubectl(['version', '--client=true'])
  console.log(`to the context ${cluster.context}, namespace ${cluster.namespace}`)
  await cluster.kubectl(['delete', 'job', JOB, cluster.inNamespace, '--ignore-not-found'])
  await cluster.kubectl(['apply', '-k', folder, '--selector=app.kubernetes.io/component!=server'])
  await applyRules(folder, cluster)
  await untilSchema(cluster)
  await cluster.kubectl(['apply', '-k', folder])
  const timeout = `--timeout=${ROLLOUT_MS_MAX / 1_000}s`
  await cluster.kubectl(['rollout', 'status', `deployment/${DEPLOYMENT}`, cluster.inNamespace, timeout])
}

/**
 * kustomize cannot wrap a file into an object: the rules are wrapped here, each time anew, so that they exist
 * once.
 */
async function applyRules(overlay: string, cluster: Cluster): Promise<void> {
  const rule = prometheusRule(await cluster.read(['kustomize', overlay]), readRuleGroups())
  if (!rule) return
  const folder = await mkdtemp(join(tmpdir(), 'benefits-rules-'))
  try {
    const path = join(folder, 'prometheus-rule.json')
    await writeFile(path, JSON.stringify(rule))
    await cluster.kubectl(['apply', '-f', path])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `kubectl wait` waits for one outcome only: a Job that failed would be waited for to the end. */
async function untilSchema(cluster: Cluster): Promise<void> {
  const endsAtMs = performance.now() + SCHEMA_MS_MAX
  const conditions = 'jsonpath={.status.conditions[?(@.status=="True")].type}'
  const log = `kubectl logs job/${JOB} ${cluster.inNamespace} --context=${cluster.context}`
  while (performance.now() < endsAtMs) {
    const outcome = await cluster.read(['get', `job/${JOB}`, cluster.inNamespace, '--output', conditions])
    if (outcome.includes('Complete')) return
    if (outcome.includes('Failed'))
      throw new Error(`the schema could not be applied, nothing was rolled out: ${log}`)
    await delay(POLL_MS)
  }
  throw new Error(`the schema was not applied in time, nothing was rolled out: ${log}`)
}

/** The name that the repository has for an image is nobody's. */
async function expectOwnImage({ overlay }: Deployment): Promise<void> {
  const path = join(overlay, 'kustomization.yaml')
  if ((await readFile(path, 'utf8')).includes('registry.example.com'))
    throw new Error(`${path}: set newName and newTag to the image that you have built and pushed`)
}
