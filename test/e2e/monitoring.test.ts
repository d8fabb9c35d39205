import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { panelQueries, readDashboards, variableQueries } from '../monitoring/dashboards.js'
import { type ExportedMetrics, readMetricsPage } from '../monitoring/exported-metrics.js'
import { queryProblems } from '../monitoring/query-problems.js'
import { readRules, withRecorded } from '../monitoring/rule-files.js'
import { readMetricsTable } from '../support/metrics-table.js'
import { authority, serverIdentity } from '../support/processes/certificates.js'
import { useService } from '../support/processes/service-fixture.js'
import type { Environment } from '../support/processes/service-process.js'

const { recordings, alerts } = readRules()

/** Key files of both kinds, so that their metrics exist. */
function keyFilesIn(folder: string): Environment {
  const paths = {
    certificate: join(folder, 'tls.crt'),
    key: join(folder, 'tls.key'),
    clientCa: join(folder, 'ca.crt'),
    tokens: join(folder, 'keys.pem'),
  }
  const ca = authority('test')
  const { certificate, privateKey } = serverIdentity(ca)
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(paths.certificate, certificate)
  writeFileSync(paths.key, privateKey)
  writeFileSync(paths.clientCa, ca.certificate)
  writeFileSync(paths.tokens, publicKey.export({ type: 'spki', format: 'pem' }))
  return {
    GRPC_TLS_CERT_FILE: paths.certificate,
    GRPC_TLS_KEY_FILE: paths.key,
    GRPC_TLS_CLIENT_CA_FILE: paths.clientCa,
    GRPC_HEALTH_PORT: '0',
    JWT_PUBLIC_KEY_FILE: paths.tokens,
    JWT_ALGORITHMS: 'HS256,ES256',
  }
}

describe('the metrics of a fresh service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitoring-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const fixture = useService(keyFilesIn(folder))
  let exported: ExportedMetrics

  before(async () => {
    exported = readMetricsPage(await (await fetch(`${fixture().service.httpUrl}/metrics`)).text())
  })

  const documented = readMetricsTable().filter(
    ({ onLinuxOnly }) => !onLinuxOnly || process.platform === 'linux',
  )

  it('are exactly those of the metrics page', () => {
    expect(exported.metrics.map(({ name }) => name)).to.have.members(documented.map(({ name }) => name))
  })

  for (const { name, type, labels } of documented) {
    it(`have the documented type and labels: ${name}`, () => {
      expect(exported.metrics.find((metric) => metric.name === name)?.type).to.equal(type)
      const samples = exported.samples.get(type === 'histogram' ? `${name}_count` : name) ?? []
      // Resources that Node.js does not currently use have no series.
      if (![...labels.values()].includes(undefined)) expect(samples).to.not.be.empty
      for (const sample of samples) expect(Object.keys(sample)).to.have.members([...labels.keys()])
    })
  }

  it('have exactly the documented label values, from the start', () => {
    const closed = documented.flatMap(({ name, type, labels }) =>
      [...labels].flatMap(([label, values]) => (values ? [{ name, type, label, values }] : [])),
    )
    expect(closed).to.have.length.above(20)
    const shown = closed.map(({ name, type, label }) => {
      const samples = exported.samples.get(type === 'histogram' ? `${name}_count` : name) ?? []
      return { name, label, values: [...new Set(samples.map((sample) => sample[label]))].sort() }
    })
    const said = closed.map(({ name, label, values }) => ({ name, label, values: [...values].sort() }))
    expect(shown).to.deep.equal(said)
  })

  for (const { name, query } of [
    ...recordings.map(({ record, expr }) => ({ name: record, query: expr })),
    ...alerts.map(({ alert, expr }) => ({ name: alert, query: expr })),
  ]) {
    it(`cover each rule: ${name}`, () => {
      expect(queryProblems(query, withRecorded(exported.samples, recordings))).to.deep.equal([])
    })
  }

  for (const dashboard of readDashboards()) {
    it(`cover each dashboard: ${dashboard.title}`, () => {
      const known = withRecorded(exported.samples, recordings)
      const queries = [...panelQueries(dashboard), ...variableQueries(dashboard)]
      expect(queries).to.have.length.above(50)
      expect(
        queries.flatMap(({ where, query }) =>
          queryProblems(query, known).map((problem) => `${where}: ${problem}`),
        ),
      ).to.deep.equal([])
    })
  }
})
