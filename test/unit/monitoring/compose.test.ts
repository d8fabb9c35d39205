import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse } from 'yaml'

type Service = {
  readonly image: string
  readonly profiles: readonly string[]
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

const read = (path: string) => parse(readFileSync(`.monitoring/${path}`, 'utf8'))
const services: Readonly<Record<string, Service>> = read('docker-compose.monitoring.yml').services

describe('the monitoring containers', () => {
  it('are Prometheus and Grafana', () => {
    expect(Object.keys(services)).to.have.members(['prometheus', 'grafana'])
  })

  for (const [name, { image, profiles, ports, volumes }] of Object.entries(services)) {
    it(`have an exact version: ${name}`, () => {
      expect(image).to.match(/:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/)
    })

    it(`start only on request: ${name}`, () => {
      expect(profiles).to.deep.equal(['monitoring'])
    })

    it(`are reachable from this machine alone: ${name}`, () => {
      expect(ports).to.have.length(1)
      expect(ports[0]).to.match(/^127\.0\.0\.1:/)
    })

    it(`only read their mounted files: ${name}`, () => {
      const given = volumes.filter((volume) => volume.startsWith('.'))
      expect(given).to.not.be.empty
      for (const volume of given) expect(volume).to.match(/:ro$/)
    })
  }

  it('allow only viewing without a password', () => {
    expect(services['grafana']?.environment).to.include({
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_SECURITY_ADMIN_PASSWORD: '$' + '{GRAFANA_ADMIN_PASSWORD:-}',
    })
  })

  it('know each other, and the scrape interval', () => {
    const [source] = read('grafana/provisioning/datasources/prometheus.yml').datasources
    const { global: timing, scrape_configs: jobs } = read('prometheus/prometheus.yml')
    expect(source).to.include({ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true })
    expect(source.jsonData.timeInterval).to.equal(timing.scrape_interval)
    expect(jobs).to.deep.include({
      job_name: 'benefits-authorizer',
      sample_limit: 20_000,
      // One address for each process.
      dns_sd_configs: [{ names: ['authorizer'], type: 'A', port: 8_080, refresh_interval: '15s' }],
    })
  })

  it('find the dashboards in their folder', () => {
    const [{ options }] = read('grafana/provisioning/dashboards/benefits.yml').providers
    expect(services['grafana']?.volumes).to.include(`./grafana/dashboards:${options.path}:ro`)
  })
})
