import { chmod, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import type { CauseName } from '../../../src/storage/failure-cause.js'
import type { Identity } from '../../../tools/dev/certificates/certificate.js'
import { TcpProxy } from '../../support/database/tcp-proxy.js'
import { authority, clientIdentity, hours, serverIdentity } from '../../support/processes/certificates.js'
import { ReplicaSet, type ReplicaSetOptions } from '../harness/replica-set.js'
import { Disk } from './disk.js'

/** The password that must not appear in any log. */
export const PASSWORD = 'correct-horse-battery-staple'
/** Connections that other clients hold to exhaust the limit. */
const HOGS = 60
/** Connection limit of the small mongod, below the demand of the other clients. */
const FEW_CONNECTIONS = 40
/** Delay of every request to a slow database, in milliseconds. */
const SLOW_MS = 2_000
/** Lifetime of the certificate that expires, in seconds: long enough to start the services and the load. */
const CERTIFICATE_S = 40

export type Place = Pick<ReplicaSetOptions, 'folder' | 'onCrash'>

/** A database that can fail in one way and recover. */
export type FaultyDatabase = {
  readonly set: ReplicaSet
  /** Connection string for the services during the failure, if it differs from that of the set. */
  readonly uri?: string
  /** The wrong connection string is the fault: the services get the right one after it. */
  readonly isMisconfigured?: boolean
  /** Default: starts the set. */
  readonly start?: () => Promise<void>
  readonly fail: () => Promise<unknown>
  readonly recover: () => Promise<unknown>
  /** Removes everything besides the set. */
  readonly close?: () => Promise<void>
}

export type Case = {
  readonly title: string
  /** The log of the services must name one of these causes. */
  readonly cause: readonly CauseName[]
  /** The failure begins before the services start. */
  readonly failsFirst?: boolean
  readonly prepare: (place: Place) => Promise<FaultyDatabase>
}

const nothing = async () => {}

export const cases = {
  LATE: {
    title: 'started after the service',
    cause: ['UNREACHABLE'],
    failsFirst: true,
    prepare: async (place) => {
      const set = await setOf(place)
      return { set, start: nothing, fail: nothing, recover: () => set.start() }
    },
  },
  REPLICA_SET_NAME: {
    title: 'wrong replica set in MONGODB_URI',
    cause: ['REPLICA_SET_NAME'],
    failsFirst: true,
    prepare: async (place) => {
      const set = await setOf(place)
      const uri = set.uri.replace('replicaSet=rs0', 'replicaSet=rs-other')
      return { set, uri, isMisconfigured: true, fail: nothing, recover: nothing }
    },
  },
  CONNECTIONS: {
    title: 'others hold all connections',
    cause: ['CONNECTIONS_CLOSED'],
    failsFirst: true,
    prepare: async (place) => {
      const set = await setOf({ ...place, args: ['--maxConns', String(FEW_CONNECTIONS)] })
      let hogs: readonly Socket[] = []
      return {
        set,
        fail: async () => {
          hogs = Array.from({ length: HOGS }, () => hogOf(set.members[0].mongod.port))
          await delay(500)
        },
        recover: async () => {
          for (const hog of hogs) hog.destroy()
        },
      }
    },
  },
  CREDENTIALS: {
    title: 'password changed behind its back',
    cause: ['CREDENTIALS'],
    prepare: withPassword,
  },
  CERTIFICATE: {
    title: 'its certificate expires, and is renewed',
    cause: ['CERTIFICATE'],
    prepare: withCertificate,
  },
  NO_PRIMARY: {
    title: 'nobody may write: no primary',
    cause: ['NO_PRIMARY'],
    prepare: async (place) => {
      const set = await setOf(place)
      const [member] = set.members
      return {
        set,
        fail: () => member.command({ replSetStepDown: 600, force: true }),
        recover: () => member.command({ replSetFreeze: 0 }),
      }
    },
  },
  SLOW: {
    title: `slow: every request ${SLOW_MS / 1_000} s late`,
    cause: ['SLOW'],
    prepare: async (place) => {
      const set = await setOf(place)
      const proxy = await TcpProxy.listen(set.members[0].mongod.port)
      return {
        set,
        uri: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`,
        fail: async () => proxy.slowDown(SLOW_MS),
        recover: async () => proxy.slowDown(0),
        close: () => proxy.close(),
      }
    },
  },
  DISK_FULL: {
    title: 'its disk is full',
    cause: ['UNREACHABLE', 'CONNECTIONS_CLOSED', 'NO_ROOM', 'SLOW'],
    prepare: (place) => onDisk(place, { fail: (disk) => disk.fill(), recover: (disk) => disk.empty() }),
  },
  READ_ONLY: {
    title: 'its disk has become read-only',
    cause: ['UNREACHABLE', 'CONNECTIONS_CLOSED', 'SLOW'],
    prepare: (place) => onDisk(place, { fail: (disk) => disk.breakDown(), recover: (disk) => disk.repair() }),
  },
} as const satisfies Readonly<Record<string, Case>>

export type CaseName = keyof typeof cases

/** A set of one member, with a gate for the services. */
async function setOf(options: ReplicaSetOptions): Promise<ReplicaSet> {
  return await ReplicaSet.prepare({ ...options, isGated: true })
}

/**
 * A database that requires passwords, with a user for the services, whose password changes, and a user for
 * the test.
 */
async function withPassword(place: Place): Promise<FaultyDatabase> {
  const keyFile = join(place.folder, 'key')
  await writeFile(keyFile, 'the members of this set have it')
  await chmod(keyFile, 0o400)
  const credentials = `service:${PASSWORD}@`
  const set = await setOf({ ...place, credentials, auth: true, args: ['--keyFile', keyFile] })
  const [member] = set.members
  const uri = `mongodb://root:root@127.0.0.1:${member.mongod.port}/?directConnection=true`
  const administrator = new MongoClient(uri)
  const admin = administrator.db('admin')
  const change = async (pwd: string) => {
    await admin.command({ updateUser: 'service', pwd })
    // Open connections stay authenticated.
    member.gate?.reset()
  }
  return {
    set,
    start: async () => {
      await set.start()
      // While there is no user, any client on the same machine may create the first one.
      await member.command({ createUser: 'root', pwd: 'root', roles: ['root'] })
      const roles = ['readWrite', 'dbAdmin'].map((role) => ({ role, db: 'benefits' }))
      await admin.command({ createUser: 'service', pwd: PASSWORD, roles })
    },
    fail: () => change('another'),
    recover: () => change(PASSWORD),
    close: () => administrator.close(),
  }
}

/** A database with a certificate that expires. */
async function withCertificate(place: Place): Promise<FaultyDatabase> {
  const issuer = authority('campaign')
  const issuerFile = join(place.folder, 'authority.pem')
  const serverFile = join(place.folder, 'server.pem')
  /** The certificate with which mongod connects to itself. */
  const memberFile = join(place.folder, 'member.pem')
  const issue = async (lifetimeSeconds: number) => {
    await writePem(serverFile, serverIdentity(issuer, { validity: hours(-1, lifetimeSeconds / 3_600) }))
  }
  await writeFile(issuerFile, issuer.certificate)
  await writePem(memberFile, clientIdentity(issuer))
  const tls = ['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', serverFile, '--tlsCAFile', issuerFile]
  const set = await setOf({
    ...place,
    args: [...tls, '--tlsClusterFile', memberFile, '--tlsAllowConnectionsWithoutCertificates'],
    uriOptions: `&tls=true&tlsCAFile=${encodeURIComponent(issuerFile)}`,
    admin: { tlsAllowInvalidCertificates: true },
  })
  const [member] = set.members
  let expiresAtMs = 0
  return {
    set,
    start: async () => {
      expiresAtMs = Date.now() + CERTIFICATE_S * 1_000
      await issue(CERTIFICATE_S)
      await set.start()
    },
    fail: async () => {
      await delay(Math.max(0, expiresAtMs - Date.now()) + 1_000)
      member.gate?.reset()
    },
    recover: async () => {
      await issue(3_600)
      await member.command({ rotateCertificates: 1 })
    },
  }
}

async function writePem(file: string, { certificate, privateKey }: Identity): Promise<void> {
  await writeFile(file, `${certificate}\n${privateKey}`)
}

type DiskFault = Readonly<Record<'fail' | 'recover', (disk: Disk) => Promise<void>>>

/** A database on a failing disk. mongod then exits, and starts again when the disk has recovered. */
async function onDisk(place: Place, fault: DiskFault): Promise<FaultyDatabase> {
  const disk = new Disk(place.folder)
  let isFailing = false
  const set = await setOf({
    folder: disk.folder,
    // Without this parameter, MongoDB builds no index where less than 500 MB are free.
    args: ['--setParameter', 'indexBuildMinAvailableDiskSpaceMB=0'],
    onCrash: (reason) => {
      if (!isFailing) place.onCrash(reason)
    },
  })
  return {
    set,
    start: async () => {
      await disk.create()
      await set.start()
    },
    fail: async () => {
      isFailing = true
      await fault.fail(disk)
    },
    recover: async () => {
      await set.members[0].mongod.kill()
      await fault.recover(disk)
      isFailing = false
      await set.start()
    },
    close: () => disk.remove(),
  }
}

function hogOf(port: number): Socket {
  const hog = connect(port, '127.0.0.1')
  // mongod closes the connections above its limit.
  hog.on('error', () => {})
  return hog
}
