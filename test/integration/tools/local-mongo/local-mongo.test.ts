import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { startEphemeralMongo } from '../../../../tools/dev/local-mongo/ephemeral-mongo.js'
import type { FoundMongod } from '../../../../tools/dev/local-mongo/find-mongod.js'
import { findMongod } from '../../../../tools/dev/local-mongo/find-mongod.js'
import { isListening } from '../../../../tools/dev/local-mongo/listening.js'
import type { LocalMongo } from '../../../../tools/dev/local-mongo/local-mongo.js'
import { LocalMongoError, openLocalMongo } from '../../../../tools/dev/local-mongo/local-mongo.js'
import { startMongod } from '../../../../tools/dev/local-mongo/mongod-process.js'
import { isAlive } from '../../../../tools/dev/local-mongo/mongod-state.js'
import { eventually } from '../../../support/eventually.js'
import { killOwner, startOwner } from './owner.js'
import { useTempFolder, writeScript } from './temp-folder.js'

describe('a local MongoDB', () => {
  const at = useTempFolder()
  const opened: LocalMongo[] = []
  let binary: FoundMongod

  before(async function () {
    // Downloads the program the first time.
    this.timeout(600_000)
    binary = await findMongod({ env: process.env, log: () => {} })
  })
  afterEach(() => Promise.all(opened.splice(0).map((mongo) => mongo.stop())))

  async function open(name: string, log: (message: string) => void = () => {}): Promise<LocalMongo> {
    const mongo = await openLocalMongo({ dataDir: at(name), mongodPath: binary.path, log })
    opened.push(mongo)
    return mongo
  }

  it('keeps its data and its port from one start to the next', async () => {
    const first = await open('kept')
    await writeFact(first.uri, 'written before')
    await first.stop()
    const second = await open('kept')
    expect(second.owned).to.equal(true)
    expect(second.uri).to.equal(first.uri)
    expect(await readFacts(second.uri)).to.deep.equal(['written before'])
  })

  it('has a primary as soon as it is open', async () => {
    const mongo = await open('primary')
    expect((await command(mongo.uri, 'hello'))['isWritablePrimary']).to.equal(true)
  })

  it('listens on 127.0.0.1 only and on no socket file', async () => {
    const mongo = await open('listening')
    const { parsed } = await command(mongo.uri, 'getCmdLineOpts')
    expect(parsed.net.bindIp).to.equal('127.0.0.1')
    expect(parsed.net.unixDomainSocket.enabled).to.equal(false)
  })

  it('lets only this user read its data', async () => {
    await open('private')
    expect((await stat(at('private/mongo'))).mode & 0o777).to.equal(0o700)
  })

  it('takes under 20 MB for little data', async () => {
    const mongo = await open('small')
    await writeFact(mongo.uri, 'one')
    expect(Number(execFileSync('du', ['-sm', at('small')], { encoding: 'utf8' }).split('\t')[0])).to.be.below(
      20,
    )
  })

  it('accepts a second opening, whose stop does nothing', async () => {
    const first = await open('shared')
    const second = await open('shared')
    expect(second.owned).to.equal(false)
    expect(second.uri).to.equal(first.uri)
    await second.stop()
    await writeFact(second.uri, 'still there')
    expect(await readFacts(first.uri)).to.deep.equal(['still there'])
  })

  it('has one owner when several processes open it at the same moment', async () => {
    const mongos = await Promise.all([open('raced'), open('raced'), open('raced')])
    expect(mongos.filter((mongo) => mongo.owned)).to.have.length(1)
    expect(new Set(mongos.map((mongo) => mongo.uri)).size).to.equal(1)
  })

  it('can be stopped twice', async () => {
    const mongo = await open('stopped')
    const pid = await mongodPid(mongo.uri)
    await Promise.all([mongo.stop(), mongo.stop()])
    await mongo.stop()
    expect(isAlive(pid)).to.equal(false)
    expect(await readFile(at('stopped/mongo/mongod.lock'), 'utf8')).to.equal('')
  })

  it('moves to another port with its data when its port is taken', async () => {
    const first = await open('moved')
    await writeFact(first.uri, 'written on the old port')
    await first.stop()
    const foreignServer = createServer((socket) => socket.destroy())
    await once(foreignServer.listen({ port: portOf(first.uri), host: '127.0.0.1' }), 'listening')
    try {
      const second = await open('moved')
      expect(portOf(second.uri)).not.to.equal(portOf(first.uri))
      await writeFact(second.uri, 'written on the new port')
      expect(await readFacts(second.uri)).to.deep.equal([
        'written on the old port',
        'written on the new port',
      ])
    } finally {
      foreignServer.close()
    }
  })

  it('leaves a foreign mongod on its port alone', async () => {
    await (await open('victim')).stop()
    const foreign = await startEphemeralMongo({ mongodPath: binary.path })
    const port = portOf(foreign.uri)
    try {
      const options = { binary, dbPath: at('victim/mongo'), port, onCrash: () => {} }
      expect((await failureOf(startMongod(options))).message).to.include('Address already in use')
      await writeFile(at('victim/local-mongo.json'), JSON.stringify({ port }))
      expect(portOf((await open('victim')).uri)).not.to.equal(port)
      await writeFact(foreign.uri, 'alive')
    } finally {
      await foreign.stop()
    }
  })

  it('does not attach to a mongod of another folder, whatever the state file says', async () => {
    const other = await open('other')
    const running = { mongodPid: await mongodPid(other.uri), ownerPid: process.pid }
    const first = await open('confused')
    await first.stop()
    await writeFile(at('confused/local-mongo.json'), JSON.stringify({ port: portOf(other.uri), running }))
    const second = await open('confused')
    expect(second.owned).to.equal(true)
    expect(second.uri).not.to.equal(other.uri)
  })

  it('opens despite a corrupt state file', async () => {
    for (const content of [
      '',
      'null',
      '[]',
      '{"port":0}',
      '{"port":70000}',
      '{"port":27017,"running":{"mongodPid":-1}}',
    ]) {
      const first = await open('nonsense')
      await first.stop()
      await writeFile(at('nonsense/local-mongo.json'), content)
    }
    expect((await open('nonsense')).owned).to.equal(true)
  })

  it('exits cleanly within seconds after its owner is killed', async () => {
    const owner = await startOwner(at('killed'), binary.path)
    await killOwner(owner)
    await eventually('mongod has cleared its lock', async () => {
      return (await readFile(at('killed/mongo/mongod.lock'), 'utf8')) === ''
    })
    await eventually('its port is free', async () => !(await isListening(portOf(owner.uri))))
  })

  it('has its data at once when it is opened again after its owner is killed', async () => {
    const owner = await startOwner(at('restarted'), binary.path)
    await writeFact(owner.uri, 'written before the kill')
    await killOwner(owner)
    const mongo = await open('restarted')
    expect(mongo.owned).to.equal(true)
    expect(mongo.uri).to.equal(owner.uri)
    expect(await readFacts(mongo.uri)).to.deep.equal(['written before the kill'])
  })

  it('opens again after a kill of mongod and its owner together', async () => {
    const owner = await startOwner(at('both'), binary.path)
    const pid = await mongodPid(owner.uri)
    await writeFact(owner.uri, 'acknowledged')
    process.kill(pid, 'SIGKILL')
    await killOwner(owner)
    expect(await readFacts((await open('both')).uri)).to.deep.equal(['acknowledged'])
  })

  it('accepts other processes while its owner lives', async () => {
    const owner = await startOwner(at('across'), binary.path)
    const mongo = await open('across')
    expect(mongo.owned).to.equal(false)
    expect(mongo.uri).to.equal(owner.uri)
    await killOwner(owner)
  })

  it('survives Ctrl-C in the terminal until its owner has drained', async () => {
    const owner = await startOwner(at('drained'), binary.path)
    const pid = await mongodPid(owner.uri)
    expect(groupOf(pid)).not.to.equal(groupOf(owner.pid))
    process.kill(-owner.pid, 'SIGINT')
    expect(await owner.nextEvent()).to.deep.equal({ draining: true })
    const exit = once(owner.child, 'exit')
    owner.child.stdin?.end('drain\n')
    expect(await exit).to.deep.equal([0, null])
    expect(isAlive(pid)).to.equal(false)
    expect(await readFacts((await open('drained')).uri)).to.deep.equal(['drained'])
  })

  it('reports that mongod exited unexpectedly', async () => {
    const said: string[] = []
    const mongo = await open('crashed', (message) => said.push(message))
    process.kill(await mongodPid(mongo.uri), 'SIGKILL')
    await eventually('it is said', () => said.includes('MongoDB exited unexpectedly (SIGKILL)'))
  })

  it('reports that another program holds the data, with its process number', async () => {
    await (await open('held')).stop()
    const holder = await startMongod({ binary, dbPath: at('held/mongo'), onCrash: () => {} })
    try {
      const options = { dataDir: at('held'), mongodPath: binary.path, lockWaitMsMax: 0, log: () => {} }
      const error = await failureOf(openLocalMongo(options))
      expect(error).to.be.instanceOf(LocalMongoError)
      expect(error.message).to.match(
        /in use by another MongoDB \(process \d+\): stop it, or use another data folder$/,
      )
      expect(error.message).to.include(String(holder.pid))
    } finally {
      await holder.stop()
    }
  })

  it('reports a data folder that is not writable', async () => {
    await writeFile(at('file'), '')
    const error = await failureOf(open('file/data'))
    expect(error).to.be.instanceOf(LocalMongoError)
    expect(error.message).to.include(`cannot write to the data folder ${at('file/data')}: ENOTDIR`)
  })

  it('reports that a newer version created the data', async () => {
    const wrongVersion = '{"s":"F","msg":"Wrong mongod version","attr":{"error":"UPGRADE PROBLEM"}}'
    const mongodPath = await writeScript(at('older-mongod'), [
      '[ "$1" = --version ] && echo "db version v8.0.1" && exit 0',
      // Two lines at once, which the library would take for one.
      `printf '%s\\n%s\\n' '${wrongVersion}' '{"s":"E","msg":"DBException in initAndListen, terminating"}'`,
      'exit 62',
    ])
    const error = await failureOf(openLocalMongo({ dataDir: at('newer'), mongodPath, log: () => {} }))
    expect(error).to.be.instanceOf(LocalMongoError)
    expect(error.message).to.match(
      /a newer version probably wrote them \(Wrong mongod version: UPGRADE PROBLEM; DBException/,
    )
  })

  it('does not let a setting of its library replace the program', async () => {
    process.env['MONGOMS_SYSTEM_BINARY'] = '/bin/false'
    try {
      const error = await failureOf(open('replaced'))
      expect(error.message).to.include('MONGOMS_SYSTEM_BINARY would run /bin/false instead of')
    } finally {
      delete process.env['MONGOMS_SYSTEM_BINARY']
    }
  })
})

describe('an ephemeral MongoDB', () => {
  let mongodPath: string

  before(async function () {
    this.timeout(600_000)
    mongodPath = (await findMongod({ env: process.env, log: () => {} })).path
  })

  it('is a replica set of one, and leaves nothing behind', async () => {
    const mongo = await startEphemeralMongo({ mongodPath })
    const pid = await mongodPid(mongo.uri)
    const { parsed } = await command(mongo.uri, 'getCmdLineOpts')
    await writeFact(mongo.uri, 'for a while')
    await Promise.all([mongo.stop(), mongo.stop()])
    expect(isAlive(pid)).to.equal(false)
    expect(existsSync(dirname(parsed.storage.dbPath))).to.equal(false)
  })

  for (const { smallJournal, mebibytes } of [
    { smallJournal: true, mebibytes: 8 },
    { smallJournal: false, mebibytes: 100 },
  ]) {
    it(`has a journal in files of ${mebibytes} MiB`, async () => {
      const mongo = await startEphemeralMongo({ mongodPath, smallJournal })
      try {
        const { wiredTiger } = await command(mongo.uri, 'serverStatus')
        expect(wiredTiger.log['maximum log file size']).to.equal(mebibytes * 1024 * 1024)
      } finally {
        await mongo.stop()
      }
    })
  }

  it('has three caught-up members on request', async () => {
    const mongo = await startEphemeralMongo({ mongodPath, nodes: 3 })
    try {
      const { members } = await command(mongo.uri, 'replSetGetStatus')
      const states: readonly string[] = members.map((member: { stateStr: string }) => member.stateStr)
      expect([...states].sort()).to.deep.equal(['PRIMARY', 'SECONDARY', 'SECONDARY'])
    } finally {
      await mongo.stop()
    }
  })
})

async function withClient<T>(uri: string, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000, retryWrites: false })
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

function writeFact(uri: string, fact: string): Promise<unknown> {
  const options = { writeConcern: { w: 'majority', journal: true } } as const
  return withClient(uri, (client) => client.db('test').collection('facts').insertOne({ fact }, options))
}

function readFacts(uri: string): Promise<readonly unknown[]> {
  return withClient(uri, async (client) => {
    const facts = await client.db('test').collection('facts').find().sort({ _id: 1 }).toArray()
    return facts.map((document) => document['fact'])
  })
}

function command(uri: string, name: string) {
  return withClient(uri, (client) => client.db('admin').command({ [name]: 1 }))
}

async function mongodPid(uri: string): Promise<number> {
  return Number((await command(uri, 'serverStatus'))['pid'])
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it did not fail')
}

function portOf(uri: string): number {
  return Number(new URL(uri).port)
}

function groupOf(pid: number): string {
  return execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim()
}
