import type { CountedSeries, MetricRegistry, SeriesOf } from './metric-registry.js'

export type KeyFileGroup = 'tls' | 'tokens'
export type KeyFileReadings = {
  /**
   * The configured groups of files, each with the problem that keeps it out of use; undefined without one.
   */
  readonly problems: () => ReadonlyMap<KeyFileGroup, string | undefined>
  /** Expiry of the certificates in use, in milliseconds since 1970; undefined without a certificate. */
  readonly certificateExpiryMs: () => Readonly<Record<CertificateRole, number | undefined>>
}
/**
 * The role of a certificate. For `server` the first of the port's chain to expire counts, for `client_ca` the
 * last of the clients' authorities.
 */
export type CertificateRole = 'server' | 'client_ca'

type GroupSeries = { readonly reloads: CountedSeries; readonly failures: CountedSeries }

/**
 * Metrics of key and certificate files. Files that are not configured have no series: a certificate that
 * "expires in 1970" would raise an alert.
 */
export class KeyFileMetrics {
  readonly #readings: () => KeyFileReadings
  readonly #reloads: SeriesOf<'files', CountedSeries>
  readonly #failures: SeriesOf<'files', CountedSeries>
  readonly #seriesByGroup = new Map<KeyFileGroup, GroupSeries>()

  constructor(registry: MetricRegistry, readings: () => KeyFileReadings) {
    this.#readings = readings
    this.#reloads = registry.counter({
      name: 'benefits_key_files_reloads_total',
      help: 'Reloads of keys (tokens) or certificates (tls) from changed files.',
      labelNames: ['files'],
    })
    this.#failures = registry.counter({
      name: 'benefits_key_files_reload_failures_total',
      help: 'Changed files of keys (tokens) or certificates (tls) that were rejected. The last valid ones stay in use.',
      labelNames: ['files'],
    })
    registry.gauges({
      name: 'benefits_key_files_unusable',
      help: '1 while the current files are rejected and the last valid ones are in use; else 0.',
      labelNames: ['files'],
      read: () =>
        [...readings().problems()].map(([files, problem]) => ({
          labels: { files },
          value: problem === undefined ? 0 : 1,
        })),
    })
    registry.gauges({
      name: 'benefits_tls_certificate_expiry_timestamp_seconds',
      help: 'Expiry of the TLS certificate in use or of an issuer in its chain, whichever is first (server), and of the last client authority (client_ca), in seconds since 1970.',
      labelNames: ['certificate'],
      read: () =>
        Object.entries(readings().certificateExpiryMs()).flatMap(([certificate, expiryMs]) =>
          expiryMs === undefined ? [] : [{ labels: { certificate }, value: expiryMs / 1000 }],
        ),
    })
  }

  /** Exports the series of the configured files, so that the first event of each is an increase. */
  show(): void {
    for (const files of this.#readings().problems().keys()) this.#seriesOf(files)
  }

  /** Counts new files that are now in use. */
  reloaded(files: KeyFileGroup): void {
    this.#seriesOf(files).reloads.inc()
  }

  /** Counts new files that were rejected; the last good ones stay in use. */
  rejected(files: KeyFileGroup): void {
    this.#seriesOf(files).failures.inc()
  }

  #seriesOf(files: KeyFileGroup): GroupSeries {
    const known = this.#seriesByGroup.get(files)
    if (known) return known
    const series = { reloads: this.#reloads({ files }), failures: this.#failures({ files }) }
    this.#seriesByGroup.set(files, series)
    return series
  }
}
