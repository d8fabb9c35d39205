import { expect } from 'chai'
import { MergedMetrics } from '../../../src/observability/merged-metrics.js'
import { createMetrics, type KeyFileReadings } from '../../../src/observability/metrics.js'

const others = {
  waitingRequests: () => 0,
  unsettledEntries: () => 0,
  oldestUnsettledMs: () => 0,
  catalogVersion: () => 1,
  catalogAgeMs: () => 0,
}
const keyFiles: KeyFileReadings = {
  problems: () =>
    new Map([
      ['tls', undefined],
      ['tokens', 'JWT_JWKS_FILE: is bad'],
    ]),
  certificateExpiryMs: () => 1_800_000_000_500,
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
  'benefits_tls_certificate_expiry_timestamp_seconds 1800000000.5',
]

describe('metrics of key files', () => {
  for (const [what, metrics] of [
    ['one process', createMetrics({ ...others, keyFiles })],
    ['a primary', new MergedMetrics(() => 0, keyFiles)],
  ] as const) {
    it(`of ${what} tell of each group from the beginning, and count`, async () => {
      const first = samplesIn((await metrics.expose()).text)
      metrics.keyFilesReloaded('tls')
      metrics.keyFilesRefused('tokens')
      metrics.keyFilesRefused('tokens')
      expect(first).to.have.length(counted.length)
      expect(samplesIn((await metrics.expose()).text)).to.have.members(counted)
    })
  }

  it('of a primary are not changed by workers, which have no files', async () => {
    const merged = new MergedMetrics(() => 1, keyFiles)
    const before = samplesIn((await merged.expose()).text)
    merged.workerSeen(1, structuredClone(await createMetrics(others).snapshot()))
    merged.workerSeen(2, structuredClone(await createMetrics(others).snapshot()))
    expect(samplesIn((await merged.expose()).text)).to.deep.equal(before)
  })

  it('are not there when there are no files', async () => {
    expect(samplesIn((await createMetrics(others).expose()).text)).to.deep.equal([])
  })

  it('have no certificate that ends without TLS', async () => {
    const tokensAlone = {
      problems: () => new Map([['tokens', undefined] as const]),
      certificateExpiryMs: () => undefined,
    }
    const { text } = await createMetrics({ ...others, keyFiles: tokensAlone }).expose()
    expect(samplesIn(text).map((sample) => sample.split(' ')[0])).to.deep.equal([
      'benefits_key_files_reloads_total{files="tokens"}',
      'benefits_key_files_reload_failures_total{files="tokens"}',
      'benefits_key_files_unusable{files="tokens"}',
    ])
  })
})
