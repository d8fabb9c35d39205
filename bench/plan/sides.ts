import { AuthorizationServiceService } from '../../src/gen/benefits/v1/authorization.js'
import type { Scenario, Side } from '../report/measurements.js'

/** A side, and how it is run. */
export type BenchmarkedSide = Side & {
  /** The compiled program and its arguments. */
  readonly program: readonly [script: string, ...args: string[]]
  /** Whose documents it works on; absent when it has no database. */
  readonly shape?: 'OURS' | 'RIVAL'
  /** Whether every centavo must be found afterwards: a floor does not even try. */
  readonly keepsBooks: boolean
  readonly modes: readonly Scenario['mode'][]
}

const rival = { kind: 'rival', shape: 'RIVAL', keepsBooks: true, modes: ['unary'] } as const
const rivalProgram = 'dist-bench/bench/servers/rival.js'

/** Methods that this version of the contract has. */
const modes: readonly Scenario['mode'][] =
  'authorizeStream' in AuthorizationServiceService ? ['unary', 'stream'] : ['unary']

/** Everything that is compared. */
const sides: readonly BenchmarkedSide[] = [
  {
    id: 'echo',
    name: 'gRPC echo',
    kind: 'floor',
    what: 'A bare grpc-js server that gives one fixed answer: no interceptors, no checks, no database.',
    program: ['dist-bench/bench/servers/echo.js'],
    keepsBooks: false,
    modes,
  },
  {
    id: 'bare-update',
    name: 'bare update',
    kind: 'floor',
    what: 'Behind our gRPC front one conditional findOneAndUpdate of CASH: no ledger, no repeats, no other wallet.',
    program: [rivalProgram, 'bare-update'],
    shape: 'RIVAL',
    keepsBooks: false,
    modes: ['unary'],
  },
  {
    ...rival,
    id: 'revision-check',
    name: 'revision check',
    what: 'Reads account and id side by side, computes, writes the balance where the revision is unchanged or else starts anew, inserts the entry.',
    program: [rivalProgram, 'revision-check'],
  },
  {
    ...rival,
    id: 'lock-document',
    name: 'lock document',
    what: 'Queues the requests of each account in memory, takes a lock document of the account, reads account and id side by side, writes balance and entry side by side, lets go.',
    program: [rivalProgram, 'lock-document'],
  },
  {
    ...rival,
    id: 'transaction',
    name: 'transaction',
    what: 'A multi-document transaction: a conditional findOneAndUpdate for each wallet that is tried, and the insert of the entry.',
    program: [rivalProgram, 'transaction'],
  },
  {
    id: 'ours',
    name: 'this service',
    kind: 'ours',
    what: 'The service as it is run in production: decides waiting requests together and commits them together.',
    program: ['dist/main.js'],
    shape: 'OURS',
    keepsBooks: true,
    modes,
  },
]

/** The sides with these ids, in that order. Throws RangeError when there is none of that id. */
export function sidesNamed(ids: readonly string[]): readonly BenchmarkedSide[] {
  return ids.map((id) => {
    const found = sides.find((side) => side.id === id)
    if (!found) throw new RangeError(`there is no side ${id}`)
    return found
  })
}
