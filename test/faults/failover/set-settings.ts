/** How fast a replica set notices that its primary is gone, and what it does then. */
export type SetSettings = {
  /** Settings of its configuration. */
  readonly settings: Readonly<Record<string, number>>
  /** Parameters that every mongod is started with. */
  readonly parameters: Readonly<Record<string, number>>
}

/** What the campaign can run on. The runbook says what each figure is for. */
export const setSettings = {
  /** As the runbook recommends. */
  recommended: {
    settings: { electionTimeoutMillis: 2_000, heartbeatIntervalMillis: 500, heartbeatTimeoutSecs: 2 },
    parameters: { oplogNetworkTimeoutBufferSeconds: 1 },
  },
  /** As MongoDB comes. */
  default: { settings: {}, parameters: {} },
} as const satisfies Readonly<Record<string, SetSettings>>

export type SettingsName = keyof typeof setSettings

/** With another time without the primary after which the set elects one, if that is given; in milliseconds. */
export function withElectionTimeout(
  { settings, parameters }: SetSettings,
  electionTimeoutMs?: number,
): SetSettings {
  if (electionTimeoutMs === undefined) return { settings, parameters }
  return { settings: { ...settings, electionTimeoutMillis: electionTimeoutMs }, parameters }
}
