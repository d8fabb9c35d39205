import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { readConfig } from '../../src/config.js'
import type { Keys } from '../../src/keys/key-files.js'
import { secretKeys } from '../../src/keys/token-key.js'
import { createLogger } from '../../src/observability/logger.js'
import { SharedPort } from '../../src/workers/shared-port.js'
import { WorkerProcess } from '../../src/workers/worker-process.js'
import { purchase, TestClient } from '../support/client.js'
import { eventually } from '../support/eventually.js'
import { signToken } from '../support/token.js'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const [oldSecret, newSecret] = [
  'the old secret of the tests, of 32 bytes',
  'the new secret of the tests, of 32 bytes',
]
const keysOf = (secret: string): Keys => ({ tls: undefined, tokens: secretKeys([secret], ['HS256']) })

describe('a worker whose keys are replaced while it starts', () => {
  const { exec, serialization } = cluster.settings
  let worker: WorkerProcess
  let port: SharedPort
  let ended: Promise<unknown>
  let client: TestClient

  before(async () => {
    cluster.setupPrimary({ exec: MAIN, serialization: 'advanced' })
    const config = readConfig({
      MONGODB_URI: 'mongodb://127.0.0.1:9/?replicaSet=rs0',
      LOG_LEVEL: 'silent',
      // What is loaded for it takes a while.
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    })
    ended = new Promise((resolve) => {
      worker = new WorkerProcess({
        start: () => {
          setImmediate(() => worker.useKeys(keysOf(newSecret)))
          return { worker: 1, config, mongodbUri: config.mongodbUri ?? '', keys: keysOf(oldSecret) }
        },
        logger: createLogger({ level: 'silent', format: 'json' }),
        onChange: () => port.handOut(),
        onMetrics: () => {},
        onEnd: resolve,
      })
    })
    port = new SharedPort({ takers: () => [worker], waitingMax: 1, onFull: () => {} })
    client = new TestClient(`127.0.0.1:${await port.listen({ host: '127.0.0.1', port: 0 })}`)
    await eventually('it takes connections', () => worker.open)
  })
  after(async () => {
    client?.close()
    port.close()
    worker.kill()
    await ended
    cluster.setupPrimary({ ...(exec !== undefined && { exec }), ...(serialization && { serialization }) })
  })

  async function codeFor(secret: string): Promise<string | undefined> {
    const { error } = await client.authorize(purchase({}), {
      authorization: `Bearer ${signToken({ secret })}`,
    })
    return error?.code
  }

  it('uses the new ones', async () => {
    // There is no database, and so no decision: but whose token is accepted gets as far as that.
    expect([await codeFor(oldSecret), await codeFor(newSecret)]).to.deep.equal([
      'UNAUTHENTICATED',
      'UNAVAILABLE',
    ])
  })
})
