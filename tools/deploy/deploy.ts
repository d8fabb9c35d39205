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
/** Time limit of the Job that creates the indexes, and of a rollout, in milliseconds. */
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

/** Ctrl-C leaves no readable secrets behind. */
function removeWhenInterrupted({ plainPath }: Deployment): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      rmSync(plainPath, { force: true })
      process.exit(1)
    })
  }
}

/** Applies everything but the service first, the schema included, and the service after the schema. */
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
 * Wraps the rules into an object on each deployment, because kustomize cannot: so the rules exist only once.
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

/** `kubectl wait` waits for one outcome only, and would wait for a failed Job until its time limit. */
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

/** The image name in the repository is a placeholder. */
async function expectOwnImage({ overlay }: Deployment): Promise<void> {
  const path = join(overlay, 'kustomization.yaml')
  if ((await readFile(path, 'utf8')).includes('registry.example.com'))
    throw new Error(`${path}: set newName and newTag to the image that you have built and pushed`)
}
