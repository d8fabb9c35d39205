import type { Db } from 'mongodb'
import type { Core } from '../../../src/service/core.js'
import { TestClient } from '../clients/client.js'
import { JWT_SECRET } from '../clients/token.js'
import { openCore } from '../database/accounts.js'
import { freshDatabase, testMongoUri } from '../database/mongo.js'
import { WAIT_MS_MAX } from '../eventually.js'
import { type Environment, type ProcessOptions, type ServiceProcess, useServices } from './service-process.js'

/** A service, and everything that a test needs around it. */
export type ServiceFixture = {
  readonly service: ServiceProcess
  readonly client: TestClient
  /** The engine on the service's database, with which tests open and change accounts. */
  readonly core: Core
  /** The environment of the service. */
  readonly env: Environment
}

/** The database of the service. */
export function databaseOf({ core, env }: ServiceFixture): Db {
  return core.client.db(env['MONGODB_DATABASE'])
}

/** Starts one service on a new database for all tests of a suite, and stops it after them. */
export function useService(env: Environment = {}, options: ProcessOptions = {}): () => ServiceFixture {
  const start = useServices(options)
  let fixture: ServiceFixture | undefined
  before(async () => {
    const whole = { ...(await serviceEnvironment()), ...env }
    const service = await start(whole)
    await service.untilEvent('serving')
    const core = await openCore(whole.MONGODB_URI, whole.MONGODB_DATABASE)
    fixture = { service, client: new TestClient(service.grpcAddress), core, env: whole }
  })
  after(async () => {
    fixture?.client.close()
    await fixture?.core.close(WAIT_MS_MAX)
  })
  return () => {
    if (!fixture)
      throw new Error('the service is started by the hooks of the suite: ask for it inside a test')
    return fixture
  }
}

/** The same with the HTTP API. */
export function useHttpApi(env: Environment = {}): () => ServiceFixture {
  return useService({ HTTP_API_PORT: '0', ...env })
}

/**
 * The environment for serving on the shared test database, under a new database name. Its times are long
 * enough for a slow machine. Tests about time set their own.
 */
export async function serviceEnvironment() {
  return {
    MONGODB_URI: await testMongoUri(),
    MONGODB_DATABASE: await freshDatabase(),
    JWT_SECRET,
    DECISION_TIMEOUT_MS: '60000',
    QUEUE_WAIT_MS: '60000',
  }
}
