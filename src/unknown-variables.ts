import { closest, distance } from 'fastest-levenshtein'

/** Variables that Docker Compose, `make run` and the command line read from the same `.env`. */
const othersVariables = [
  'PROMETHEUS_PORT',
  'GRAFANA_PORT',
  'GRAFANA_ADMIN_PASSWORD',
  'DATA_DIR',
  'MONGOD_PATH',
]
/** Prefixes of variables that OpenTelemetry, Docker Compose and Node.js read themselves. */
const othersPrefixes = ['OTEL_', 'COMPOSE_', 'NODE_']
/** Most letters by which a misspelt name of the environment may differ from a known one. */
const DISTANCE_MAX = 2
/** Fewest letters of a name that may count as misspelt. Shorter names are similar by chance. */
const LENGTH_MIN = 8

/** A variable that has no effect, and the name that was probably meant. */
export type UnknownVariable = { readonly name: string; readonly nearest?: string }

export type Names = {
  /** Names that the service reads. */
  readonly known: readonly string[]
  /** Names in `.env`. That file is for this service alone, so any unknown name in it is a mistake. */
  readonly file: readonly string[]
  /** Names in the environment, which all programs share. Only a name close to a known one is a mistake. */
  readonly environment: readonly string[]
}

/** Finds variables that were set for the service but that it does not read. */
export function unknownVariables({ known, file, environment }: Names): readonly UnknownVariable[] {
  const names = new Set([...file, ...environment])
  const unknown = [...names].filter((name) => !known.includes(name) && !isOthers(name))
  return unknown
    .map((name) => ({ name, ...nearestOf(name, known) }))
    .filter(({ name, nearest }) => nearest !== undefined || file.includes(name))
}

function isOthers(name: string): boolean {
  return othersVariables.includes(name) || othersPrefixes.some((prefix) => name.startsWith(prefix))
}

function nearestOf(name: string, known: readonly string[]): { readonly nearest?: string } {
  const nearest = closest(name.toUpperCase(), [...known])
  const isNear = name.length >= LENGTH_MIN && distance(name.toUpperCase(), nearest) <= DISTANCE_MAX
  return isNear ? { nearest } : {}
}
