import { join } from 'node:path'
import { type Document, MongoClient, type MongoClientOptions } from 'mongodb'
import { REPLICA_SET } from '../../../tools/dev/local-mongo/mongod-process.js'
import { eventually } from '../../support/eventually.js'
import { Gate, type GateOptions } from './gate.js'
import { campaignMongod, Mongod, type MongodOptions, portToReturnTo } from './mongod.js'

export type ReplicaSetOptions = Pick<MongodOptions, 'folder' | 'args' | 'auth' | 'onCrash'> & {
  /** Number of members. Default 1. */
  readonly size?: number
  /** Port of a set of one: the port of another set, which does not run at the same time. */
  readonly port?: number
  /** Puts a gate in front of every member. Default false. */
  readonly isGated?: boolean
  readonly peerOf?: GateOptions['peerOf']
  /** Settings of the replica set configuration. */
  readonly settings?: Document
  /** User and password of the services, with the colon and the at sign. */
  readonly credentials?: string
  /** Further options of the connection strings. */
  readonly uriOptions?: string
  /** Options of the campaign's own connections, which never use a gate. */
  readonly admin?: MongoClientOptions
}

/** One mongod of a set, and its gate. */
export class Member {
  readonly name: string
  readonly mongod: Mongod
  readonly gate: Gate | undefined
  /** The address that the other members and the services use. */
  readonly address: string
  readonly #admin: () => MongoClient
  #client: MongoClient | undefined

  constructor(name: string, mongod: Mongod, { gate, admin }: { gate?: Gate; admin: () => MongoClient }) {
    this.name = name
    this.mongod = mongod
    this.gate = gate
    this.address = `127.0.0.1:${gate?.port ?? mongod.port}`
    this.#admin = admin
  }

  /** Runs a command on its database `admin`, whatever its role in the set. */
  async command(command: Document): Promise<Document> {
    this.#client ??= this.#admin()
    return await this.#client.db('admin').command(command)
  }

  async isPrimary(): Promise<boolean> {
    // Fails while it is down, or changes its role.
    const hello = await this.command({ hello: 1 }).catch((): Document => ({}))
    return hello['isWritablePrimary'] === true
  }

  /** Its state in its own view; PARTED unless it sees all other members. */
  async state(): Promise<string> {
    const status = await this.command({ replSetGetStatus: 1 }).catch((): Document => ({ members: [] }))
    const members: readonly { stateStr: string; self?: boolean; health: number }[] = status['members']
    const self = members.find(({ self }) => self === true)
    return self !== undefined && members.every(({ health }) => health === 1) ? self.stateStr : 'PARTED'
  }

  async stop(): Promise<void> {
    await this.#client?.close()
    this.#client = undefined
    await this.gate?.close()
    await this.mongod.stop()
  }
}

/** A replica set on this machine that can be killed and comes back on the same data and the same ports. */
export class ReplicaSet {
  readonly uri: string
  readonly version: string
  readonly members: readonly [Member, ...Member[]]
  readonly #options: ReplicaSetOptions
  #isInitiated = false

  /** Finds a mongod and addresses; starts nothing. */
  static async prepare(options: ReplicaSetOptions): Promise<ReplicaSet> {
    const { folder, size = 1, isGated = false, peerOf, args, auth, uriOptions = '', onCrash } = options
    const binary = await campaignMongod()
    const memberAt = async (index: number): Promise<Member> => {
      const port = options.port ?? (await portToReturnTo())
      const gate =
        isGated && new Gate({ port: await portToReturnTo(), targetPort: port, ...(peerOf && { peerOf }) })
      const admin = () =>
        new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true${uriOptions}`, {
          serverSelectionTimeoutMS: 5_000,
          connectTimeoutMS: 5_000,
          socketTimeoutMS: 10_000,
          ...options.admin,
        })
      const own = { binary, port, folder: join(folder, `member-${index + 1}`), onCrash }
      const mongod = new Mongod({ ...own, ...(args && { args }), ...(auth && { auth }) })
      return new Member(`member ${index + 1}`, mongod, { ...(gate && { gate }), admin })
    }
    const members: [Member, ...Member[]] = [await memberAt(0)]
    while (members.length < size) members.push(await memberAt(members.length))
    return new ReplicaSet(options, binary.version, members)
  }

  private constructor(options: ReplicaSetOptions, version: string, members: [Member, ...Member[]]) {
    this.#options = options
    this.version = version
    this.members = members
    const { credentials = '', uriOptions = '' } = options
    const hosts = members.map(({ address }) => address).join(',')
    this.uri = `mongodb://${credentials}${hosts}/?replicaSet=${REPLICA_SET}${uriOptions}`
  }

  /** Starts all members on their data, and returns when the set accepts writes. */
  async start(): Promise<void> {
    const { members } = this
    await Promise.all(members.map(({ gate }) => gate?.listen()))
    await Promise.all(members.map(({ mongod }) => mongod.start()))
    if (!this.#isInitiated) await members[0].command({ replSetInitiate: this.#config })
    this.#isInitiated = true
    await this.untilWhole()
  }

  /** Kills all members with SIGKILL, and starts them again at once. */
  async crash(): Promise<void> {
    await Promise.all(this.members.map(({ mongod }) => mongod.kill()))
    await this.start()
  }

  /** Waits until the set has a primary, and all other members follow it. */
  async untilWhole(): Promise<void> {
    const { members } = this
    await this.untilPrimaryAmong(members)
    if (members.length === 1) return
    const whole = ['PRIMARY', ...members.slice(1).map(() => 'SECONDARY')].join()
    await eventually('the replica set is whole', async () => {
      const states = await Promise.all(members.map((member) => member.state()))
      return states.sort().join() === whole
    })
  }

  /** Waits until one of these members is the primary, and returns it. */
  async untilPrimaryAmong(members: readonly Member[]): Promise<Member> {
    return await eventually('there is a primary', async () => {
      for (const member of members) if (await member.isPrimary()) return member
      return undefined
    })
  }

  /** All members except one. */
  others(member: Member): readonly Member[] {
    return this.members.filter((other) => other !== member)
  }

  /** Stops all members in order. The set can be started again. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()))
  }

  get #config(): Document {
    return {
      _id: REPLICA_SET,
      version: 1,
      members: this.members.map(({ address }, _id) => ({ _id, host: address })),
      writeConcernMajorityJournalDefault: true,
      settings: this.#options.settings ?? {},
    }
  }
}
