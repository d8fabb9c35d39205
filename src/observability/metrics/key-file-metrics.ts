import type { CountedSeries, MetricRegistry, SeriesOf } from './metric-registry.js'

export type KeyFileGroup = 'tls' | 'tokens'
export type KeyFileReadings = {
  /** Which files there are, and why they are not used as they are; undefined when they are. */
  readonly problems: () => ReadonlyMap<KeyFileGroup, string | undefined>
  /** When those in use end, in milliseconds since 1970; undefined: there is none. */
  readonly certificateExpiryMs: () => Readonly<Record<CertificateRole, number | undefined>>
}
/** The first to end of what the port shows; the last to end of the authorities of clients. */
export type CertificateRole = 'server' | 'client_ca'

type GroupSeries = { readonly reloads: CountedSeries; readonly failures: CountedSeries }

/** Files of keys and certificates. Series of files that are not there are left out: a certificate that "ends in 1970" would raise an alert. */
export class KeyFileMetrics {
  readonly #readings: KeyFileReadings
  readonly #reloads: SeriesOf<'files', CountedSeries>
  readonly #failures: SeriesOf<'files', CountedSeries>
  readonly #seriesByGroup = new Map<KeyFileGroup, GroupSeries>()

  constructor(registry: MetricRegistry, readings: KeyFileReadings) {
    this.#readings = readings
    this.#reloads = registry.counter({
      name: 'benefits_key_files_reloads_total',
      help: 'New keys (tokens) or certificates (tls) taken over from their files.',
      labelNames: ['files'],
    })
    this.#failures = registry.counter({
      name: 'benefits_key_files_reload_failures_total',
      help: 'New keys (tokens) or certificates (tls) refused, the last good ones staying in use.',
      labelNames: ['files'],
    })
    registry.gauges({
      name: 'benefits_key_files_unusable',
      help: '1 while the files as they are now are refused and the last good ones are in use, else 0.',
      labelNames: ['files'],
      read: () =>
        [...readings.problems()].map(([files, problem]) => ({
          labels: { files },
          value: problem === undefined ? 0 : 1,
        })),
    })
    registry.gauges({
      name: 'benefits_tls_certificate_expiry_timestamp_seconds',
      help: 'When the TLS certificate in use ends, or an issuer in its chain if that is sooner (server), and the last of the authorities of clients (client_ca), in seconds since 1970.',
      labelNames: ['certificate'],
      read: () =>
        Object.entries(readings.certificateExpiryMs()).flatMap(([certificate, expiryMs]) =>
          expiryMs === undefined ? [] : [{ labels: { certificate }, value: expiryMs / 1000 }],
        ),
    })
  }

  /** Shows the series of the files that there are, so that the first event of each is an increase. */
  show(): void {
    for (const files of this.#readings.problems().keys()) this.#seriesOf(files)
  }

  /** Files were replaced, and are in use. */
  reloaded(files: KeyFileGroup): void {
    this.#seriesOf(files).reloads.inc()
  }

  /** Files were replaced by some that are no good; the last good ones stay in use. */
  refused(files: KeyFileGroup): void {
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
