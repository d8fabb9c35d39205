import { expect } from 'chai'
import type { KeyFileReadings } from '../../../../src/observability/metrics/key-file-metrics.js'
import { createMetrics, idleReadings, type Metrics } from '../../../../src/observability/metrics/metrics.js'
import { metricLabels } from '../../../../src/service/metric-labels.js'

function metricsOf(keyFiles?: KeyFileReadings): Metrics {
  const metrics = createMetrics({ labels: metricLabels, version: '1.2.3' })
  if (keyFiles) metrics.observe({ ...idleReadings, keyFiles })
  return metrics
}

const keyFiles: KeyFileReadings = {
  problems: () =>
    new Map([
      ['tls', undefined],
      ['tokens', 'JWT_JWKS_FILE: is bad'],
    ]),
  certificateExpiryMs: () => ({ server: 1_800_000_000_500, client_ca: 1_900_000_000_000 }),
}

/** The samples of files of keys and certificates. */
function samplesIn(page: string): readonly string[] {
  return page.split('\n').filter((line) => /^benefits_(key_files|tls)/.test(line))
}

const counted = [
  'benefits_key_files_reloads_total{files="tls"} 1',
  'benefits_key_files_reloads_total{files="tokens"} 0',
  'benefits_key_files_reload_failures_total{files="tls"} 0',
  'benefits_key_files_reload_failures_total{files="tokens"} 2',
  'benefits_key_files_unusable{files="tls"} 0',
  'benefits_key_files_unusable{files="tokens"} 1',
  'benefits_tls_certificate_expiry_timestamp_seconds{certificate="server"} 1800000000.5',
  'benefits_tls_certificate_expiry_timestamp_seconds{certificate="client_ca"} 1900000000',
]

describe('metrics of key files', () => {
  it('observe each group from the start, and count reloads', async () => {
    const metrics = metricsOf(keyFiles)
    const first = samplesIn((await metrics.expose()).text)
    metrics.keyFilesReloaded('tls')
    metrics.keyFilesRejected('tokens')
    metrics.keyFilesRejected('tokens')
    expect(first).to.have.length(counted.length)
    expect(samplesIn((await metrics.expose()).text)).to.have.members(counted)
  })

  it('are absent without files', async () => {
    expect(samplesIn((await metricsOf().expose()).text)).to.deep.equal([])
  })

  it('have no expiry of a certificate without TLS', async () => {
    const tokensAlone = {
      problems: () => new Map([['tokens', undefined] as const]),
      certificateExpiryMs: () => ({ server: undefined, client_ca: undefined }),
    }
    const { text } = await metricsOf(tokensAlone).expose()
    expect(samplesIn(text).map((sample) => sample.split(' ')[0])).to.deep.equal([
      'benefits_key_files_reloads_total{files="tokens"}',
      'benefits_key_files_reload_failures_total{files="tokens"}',
      'benefits_key_files_unusable{files="tokens"}',
    ])
  })
})
