import { setTimeout as delay } from 'node:timers/promises'
import { runCommand } from '../../tools/command.js'
import { startEphemeralMongo } from '../../tools/dev/local-mongo/ephemeral-mongo.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { ServiceProcess } from '../support/processes/service-process.js'
import { type DashboardQuery, panelQueries, readDashboards, variableQueries } from './dashboards.js'
import { LittleLoad } from './little-load.js'
import { PrometheusServer } from './prometheus-server.js'
import { missingPrograms, promtoolChecks, promtoolComplaint } from './promtool.js'
import { readRules } from './rule-files.js'

/**
 * Longest time until every query has data, in milliseconds: four scrapes, and a margin for a busy machine.
 */
const DATA_MS_MAX = 180_000
/** Pause between two checks, in milliseconds. */
const LOOK_MS = 3_000

/** Waits until `look` reports no problem. After the time it fails with the last problems. */
async function untilWell(what: string, look: () => Promise<readonly string[]>): Promise<void> {
  const endsAtMs = performance.now() + DATA_MS_MAX
  for (;;) {
    const complaints = await look()
    if (complaints.length === 0) break
    if (performance.now() > endsAtMs)
      throw new Error(`not so after ${DATA_MS_MAX} ms: ${what}\n${complaints.join('\n')}`)
    await delay(LOOK_MS)
  }
  console.log(`ok: ${what}`)
}

/** Lists the queries without data, and those that Prometheus rejects. */
async function silentOnes(
  prometheus: PrometheusServer,
  queries: readonly DashboardQuery[],
): Promise<string[]> {
  const silent: string[] = []
  for (const { where, query } of queries) {
    try {
      const results = await prometheus.query(query)
      if (results.length === 0) silent.push(`${where} gives nothing: ${query}`)
    } catch (error) {
      silent.push(`${where}: ${error instanceof Error ? error.message : String(error)}: ${query}`)
    }
  }
  return silent
}

/** Lists the rules that failed, or were not evaluated yet. */
async function failedRules(prometheus: PrometheusServer): Promise<string[]> {
  const { recordings, alerts } = readRules()
  const rules = await prometheus.rules()
  const failed = rules.filter(({ health }) => health !== 'ok')
  const missing = recordings.length + alerts.length - rules.length
  return [
    ...failed.map(({ name, health, lastError = '' }) => `rule ${name}: ${health} ${lastError}`),
    ...(missing === 0 ? [] : [`${missing} rules are not there`]),
  ]
}

async function watch(prometheus: PrometheusServer): Promise<void> {
  const dashboards = readDashboards()
  const recorded = readRules().recordings.map(({ record }) => ({ where: 'recording rule', query: record }))
  const panels = dashboards.flatMap(panelQueries).filter(({ query }) => !query.startsWith('ALERTS'))
  const variables = dashboards.flatMap(variableQueries)

  await untilWell('Prometheus answers', async () => ((await prometheus.isReady()) ? [] : ['not yet']))
  await untilWell('Prometheus reads the metrics of the service', async () => {
    const targets = await prometheus.targets()
    const faults = targets
      .filter(({ health }) => health !== 'up')
      .map(({ lastError }) => lastError || 'not yet')
    return targets.length === 1 ? faults : [`${targets.length} targets`]
  })
  await untilWell('no rule fails', () => failedRules(prometheus))
  await untilWell(`${recorded.length} recording rules give data`, () => silentOnes(prometheus, recorded))
  await untilWell(`${panels.length} queries of panels give data`, () => silentOnes(prometheus, panels))
  await untilWell(`${variables.length} queries of variables give data`, () =>
    silentOnes(prometheus, variables),
  )
  const fallen = await failedRules(prometheus)
  if (fallen.length > 0) throw new Error(fallen.join('\n'))
  const alerting = (await prometheus.rules()).filter(({ state }) => state === 'firing')
  for (const { name } of alerting) console.log(`note: ${name} fires`)
}

/** Fails with the problems that promtool reports, if any. */
function demand(what: string, args: readonly string[], input?: string): void {
  const complaint = promtoolComplaint(args, input)
  if (complaint !== undefined) throw new Error(`not so: ${what}\n${complaint}`)
  console.log(`ok: ${what}`)
}

/** Runs the service and a Prometheus that watches it. Both stop when the check ends in any way. */
async function campaign(): Promise<void> {
  const ends: (() => Promise<void>)[] = []
  try {
    const mongo = await startEphemeralMongo({ env: process.env, log: (message) => console.error(message) })
    ends.unshift(() => mongo.stop())
    const service = new ServiceProcess({
      MONGODB_URI: mongo.uri,
      JWT_SECRET,
      SEED_EXAMPLES: 'true',
    })
    ends.unshift(async () => {
      if (!service.hasExited) await service.stop()
    })
    await service.untilEvent('listening')
    await untilWell('the service is ready', async () =>
      (await fetch(`${service.httpUrl}/readyz`)).ok ? [] : ['not yet'],
    )
    const page = await (await fetch(`${service.httpUrl}/metrics`)).text()
    demand('the metrics page has no fault', ['check', 'metrics'], page)
    const load = new LittleLoad(service)
    ends.unshift(() => load.stop())
    const prometheus = await PrometheusServer.start(new URL(service.httpUrl).host)
    ends.unshift(() => prometheus.stop())
    await watch(prometheus)
  } finally {
    const outcomes: PromiseSettledResult<void>[] = []
    for (const end of ends) outcomes.push(...(await Promise.allSettled([end()])))
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        console.error(String(outcome.reason))
        process.exitCode = 1
      }
    }
  }
}

await runCommand('check-monitoring', async () => {
  const missing = missingPrograms(['promtool', 'prometheus'])
  if (missing.length > 0) {
    throw new Error(
      `${missing.join(' and ')} not on the PATH: on Debian and Ubuntu install the package prometheus, elsewhere take them from https://prometheus.io/download`,
    )
  }
  for (const { what, args } of promtoolChecks) demand(what, args)
  await campaign()
})
