import type { AttackName } from './attacks/all.js'

/** One attack of the campaign, as it stands in the report. */
export type Phase = {
  readonly attack: AttackName
  readonly title: string
  /** Part of all cases of the campaign; absent where an attack goes on for a time. */
  readonly share?: number
  /**
   * Most cases begun in a second, as a part of the campaign's rate: where one case is much to send. Of an attack that goes on for a time, the
   * connections made in a second; when absent there it takes all that it can have.
   */
  readonly pace?: number
  /** Whether it leaves alone what the well-behaved caller is told. */
  readonly beside: boolean
}

/** In this order. What changes the rules for everybody comes last. */
export const phases: readonly Phase[] = [
  {
    attack: 'messages',
    title: 'messages with bytes changed, every method',
    share: 0.15,
    pace: 0.4,
    beside: true,
  },
  {
    attack: 'streamedMessages',
    title: 'the same on a stream of purchases',
    share: 0.57,
    pace: 1.5,
    beside: true,
  },
  {
    attack: 'frames',
    title: 'HTTP/2 frames with bytes and places changed',
    share: 0.2,
    pace: 0.8,
    beside: true,
  },
  {
    attack: 'headers',
    title: 'metadata and tokens too large, too many, doubled',
    share: 0.03,
    pace: 0.2,
    beside: true,
  },
  {
    attack: 'compression',
    title: 'bombs, half messages, wrong encodings',
    share: 0.02,
    pace: 0.2,
    beside: true,
  },
  { attack: 'knownResets', title: 'rapid resets, valid token', beside: true },
  { attack: 'strangerResets', title: 'rapid resets, no token', beside: true },
  { attack: 'settings', title: 'floods of SETTINGS', beside: true },
  { attack: 'pings', title: 'floods of PING', beside: true },
  { attack: 'priorities', title: 'floods of PRIORITY', beside: true },
  { attack: 'windowUpdates', title: 'floods of WINDOW_UPDATE', beside: true },
  { attack: 'emptyData', title: 'floods of empty DATA', beside: true },
  { attack: 'continuations', title: 'CONTINUATION without end', beside: true },
  { attack: 'healthChecks', title: 'health checks, as many as can be', beside: true },
  { attack: 'badTokens', title: 'bad tokens, as many as can be', beside: true },
  { attack: 'unknownMethods', title: 'unknown methods, as many as can be', beside: true },
  { attack: 'idle', title: '5,000 connections that say nothing', pace: 0.25, beside: true },
  { attack: 'greeted', title: '3,000 connections that only greet', pace: 0.1, beside: true },
  { attack: 'strangerHalves', title: 'half requests, no token', pace: 0.004, beside: true },
  { attack: 'knownHalves', title: '7,680 half requests, valid token', pace: 0.004, beside: true },
  { attack: 'endlessStreams', title: '7,680 streams that never end, valid token', pace: 0.004, beside: true },
  { attack: 'watchers', title: 'watchers of the health', pace: 0.004, beside: true },
  { attack: 'reflectionReaders', title: 'reflection that nobody reads', pace: 0.01, beside: true },
  {
    attack: 'pageReaders',
    title: '1,024 long pages that nobody reads, valid token',
    pace: 0.002,
    beside: true,
  },
  {
    attack: 'catalogMessages',
    title: 'messages with bytes changed, categories and rules',
    share: 0.03,
    pace: 0.5,
    beside: false,
  },
]

/** The seed of one attack of a campaign: each makes other cases. */
export function seedOf(attack: AttackName, campaignSeed: number): number {
  return campaignSeed + phases.findIndex((phase) => phase.attack === attack)
}
