import type { Document } from 'mongodb'
import { Mongod, type MongodOptions } from '../crash-test/mongod.js'
import { withAdmin } from '../dev/local-mongo/replica-set.js'
import { Gate } from './gate.js'
import type { Connection } from './peer.js'

export type MemberOptions = Omit<MongodOptions, 'onCrash'> & {
  readonly name: string
  /** The port under which everybody knows it. */
  readonly gatePort: number
  readonly peerOf: (connection: Connection) => string | undefined
  readonly onCrash: (reason: string) => void
}

/** One mongod of the set, and the gate through which everybody else comes to it. */
export class Member {
  readonly name: string
  readonly address: string
  readonly mongod: Mongod
  readonly gate: Gate

  constructor({ name, gatePort, peerOf, ...options }: MemberOptions) {
    this.name = name
    this.address = `127.0.0.1:${gatePort}`
    this.mongod = new Mongod(options)
    this.gate = new Gate({ port: gatePort, targetPort: options.port, peerOf })
  }

  async start(): Promise<void> {
    await this.mongod.start()
  }

  /** Runs a command of the database `admin` on it, whatever its place in the set, and whether its gate is open or not. */
  async command(command: Document): Promise<Document> {
    return await withAdmin(this.mongod.port, (admin) => admin.command(command))
  }

  async close(): Promise<void> {
    await this.gate.close()
    await this.mongod.stop()
  }
}
