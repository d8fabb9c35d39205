import { join } from 'node:path'
import { MongoServerError } from 'mongodb'
import { campaignMongod, portToReturnTo } from '../crash-test/mongod.js'
import { until } from '../crash-test/until.js'
import { REPLICA_SET } from '../dev/local-mongo/mongod-process.js'
import { Member } from './member.js'
import { type Connection, processBehind } from './peer.js'
import type { SetSettings } from './set-settings.js'

const MEMBERS = 3
/** The server's code for a command to a set that has not been made yet. */
const NOT_YET_INITIALIZED = 94

export type ReplicaSetOptions = {
  readonly folder: string
  readonly settings: SetSettings
  /** The processes besides the members that can be parted from some of them: their names, by process number. */
  readonly callers: () => ReadonlyMap<number, string>
  /** Called when a member ends although nobody killed it. */
  readonly onCrash: (reason: string) => void
}

/** A replica set of three on this machine, every member behind a gate of its own. */
export class ReplicaSet {
  readonly uri: string
  readonly version: string
  readonly members: readonly Member[]
  readonly #options: ReplicaSetOptions

  /** Finds a mongod and addresses; starts nothing. */
  static async prepare(options: ReplicaSetOptions): Promise<ReplicaSet> {
    const binary = await campaignMongod()
    const peerOf = (connection: Connection) => set.#peerOf(connection)
    const members: Member[] = []
    const { parameters } = options.settings
    const args = Object.entries(parameters).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`])
    for (let index = 0; index < MEMBERS; index++) {
      const [port, gatePort] = [await portToReturnTo(), await portToReturnTo()]
      const name = `member ${index + 1}`
      const { onCrash } = options
      const folder = join(options.folder, `member-${index + 1}`)
      members.push(new Member({ name, binary, folder, port, gatePort, args, peerOf, onCrash }))
    }
    const set: ReplicaSet = new ReplicaSet(options, binary.version, members)
    return set
  }

  private constructor(options: ReplicaSetOptions, version: string, members: readonly Member[]) {
    this.#options = options
    this.version = version
    this.members = members
    this.uri = `mongodb://${members.map(({ address }) => address).join(',')}/?replicaSet=${REPLICA_SET}`
  }

  /** Starts the members and makes them one set. */
  async start(): Promise<void> {
    const { members } = this
    const { settings } = this.#options.settings
    await Promise.all(members.map(({ gate }) => gate.listen()))
    await Promise.all(members.map((member) => member.start()))
    const [first] = members
    await first?.command({
      replSetInitiate: {
        _id: REPLICA_SET,
        version: 1,
        members: members.map(({ address }, _id) => ({ _id, host: address })),
        writeConcernMajorityJournalDefault: true,
        settings,
      },
    })
    await this.untilWhole()
  }

  /** Waits until all members are there, one of them the primary and the others following it. */
  async untilWhole(): Promise<void> {
    await until(
      'the replica set is whole',
      async () => (await this.#states()) === 'PRIMARY,SECONDARY,SECONDARY',
    )
  }

  /** Waits until one of these members is the primary, and returns it. */
  async untilPrimaryAmong(members: readonly Member[]): Promise<Member> {
    return await until('there is a primary', async () => {
      for (const member of members) if (await isPrimary(member)) return member
      return undefined
    })
  }

  /** The members but one. */
  others(member: Member): readonly Member[] {
    return this.members.filter((other) => other !== member)
  }

  /** Loses every packet between those on this side, members and callers, and all others, until `join`. */
  part(side: ReadonlySet<string>): void {
    for (const { name, gate } of this.members) {
      gate.openFor((peer) => peer !== undefined && side.has(peer) === side.has(name))
    }
  }

  /** Ends what `part` has begun. */
  join(): void {
    for (const { gate } of this.members) gate.openFor(() => true)
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.close()))
  }

  async #states(): Promise<string> {
    const states = await Promise.all(this.members.map(stateOf))
    return states.sort().join()
  }

  #peerOf(connection: Connection): string | undefined {
    const names = new Map(this.#options.callers())
    for (const { name, mongod } of this.members) if (mongod.pid !== undefined) names.set(mongod.pid, name)
    const pid = processBehind(connection, names.keys())
    return pid === undefined ? undefined : names.get(pid)
  }
}

async function isPrimary(member: Member): Promise<boolean> {
  try {
    return (await member.command({ hello: 1 }))['isWritablePrimary'] === true
  } catch {
    // Away, or changing its place.
    return false
  }
}

/** What a member is in its own eyes; it must see all others, too. */
async function stateOf(member: Member): Promise<string> {
  try {
    const status = await member.command({ replSetGetStatus: 1 })
    const members: readonly { stateStr: string; self?: boolean; health: number }[] = status['members']
    const self = members.find(({ self }) => self === true)
    return self !== undefined && members.every(({ health }) => health === 1) ? self.stateStr : 'PARTED'
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return 'NEW'
    return 'AWAY'
  }
}
