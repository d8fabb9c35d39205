import type { ChildProcess } from 'node:child_process'
import type { FoundMongod } from './find-mongod.js'
import type { RunningMongod } from './mongod-process.js'
import { WatchedInstance } from './watched-instance.js'

export type MongosOptions = {
  readonly binary: FoundMongod
  /** A mongod of the same version, which the library checks before it starts anything. */
  readonly mongod: FoundMongod
  /** Address of the config servers, such as `config/127.0.0.1:27019`. */
  readonly configServers: string
  /** Called when mongos ends although nobody called `stop`. */
  readonly onCrash: (reason: string) => void
}

/**
 * Starts a mongos, the router of a sharded cluster, on any free port of 127.0.0.1. Returns once it listens.
 * It ends with this process.
 *
 * @throws MongodStartError when it does not listen within a minute.
 */
export async function startMongos(options: MongosOptions): Promise<RunningMongod> {
  const instance = new MongosInstance(options)
  const { pid, port } = await instance.launch()
  return { pid, port, stop: () => instance.end() }
}

class MongosInstance extends WatchedInstance {
  readonly #path: string
  readonly #args: string[]

  constructor({ binary, mongod, configServers, onCrash }: MongosOptions) {
    // A mongos keeps no data.
    super({ binary: mongod, port: 0, dbPath: '', args: [], onCrash })
    this.#path = binary.path
    this.#args = [
      ['--port', '0'],
      ['--bind_ip', '127.0.0.1'],
      ['--configdb', configServers],
      ['--nounixsocket', '--quiet'],
      ['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      // It otherwise takes 15 seconds to end after a signal.
      ['--setParameter', 'mongosShutdownTimeoutMillisForSignaledShutdown=100'],
    ].flat()
  }

  /**
   * Builds the arguments of a mongos. The library's own are for a mongod, and mongos rejects some of them.
   */
  override prepareCommandArgs(): string[] {
    return this.#args
  }

  /**
   * Starts the mongos. The library knows only the version of a mongod, and does not start anything else.
   */
  override _launchMongod(): ChildProcess {
    return super._launchMongod(this.#path)
  }
}
