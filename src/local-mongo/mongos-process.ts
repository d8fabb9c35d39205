import type { ChildProcess } from 'node:child_process'
import type { FoundMongod } from './find-mongod.js'
import type { RunningMongod } from './mongod-process.js'
import { WatchedInstance } from './watched-instance.js'

export type MongosOptions = {
  readonly binary: FoundMongod
  /** A mongod of the same version: what the library looks at before it starts anything. */
  readonly mongod: FoundMongod
  /** Where the cluster is described, such as `config/127.0.0.1:27019`. */
  readonly configServers: string
  /** Called when mongos ends although nobody called `stop`. */
  readonly onCrash: (reason: string) => void
}

/**
 * Starts a mongos on any free port of 127.0.0.1, the front of a sharded cluster, and returns once it listens. It ends with this process.
 *
 * @throws MongodStartError when it does not come up within a minute.
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
    // It keeps no data.
    super({ binary: mongod, port: 0, dbPath: '', args: [], onCrash })
    this.#path = binary.path
    this.#args = [
      ['--port', '0'],
      ['--bind_ip', '127.0.0.1'],
      ['--configdb', configServers],
      ['--nounixsocket', '--quiet'],
      ['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      // It otherwise lingers for 15 seconds after a signal.
      ['--setParameter', 'mongosShutdownTimeoutMillisForSignaledShutdown=100'],
    ].flat()
  }

  /** The library makes those of a mongod, some of which a mongos refuses. */
  override prepareCommandArgs(): string[] {
    return this.#args
  }

  /** The library knows the version of a mongod only, and refuses to start anything else. */
  override _launchMongod(): ChildProcess {
    return super._launchMongod(this.#path)
  }
}
