import { chmod, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import type { CauseName } from '../../src/storage/failure-cause.js'
import { TcpProxy } from '../../test/support/tcp-proxy.js'
import type { FoundMongod } from '../dev/local-mongo/find-mongod.js'
import { Certificates } from './certificates.js'
import { Disk } from './disk.js'
import { Patient } from './patient.js'

/** The password that must not be seen anywhere. */
export const PASSWORD = 'correct-horse-battery-staple'
/** Connections that others hold where there are too few. */
const HOGS = 60
/** Connections that a mongod takes where they are few, fewer than the others want. */
const FEW_CONNECTIONS = 40
/** By how much a request is delayed where the database is slow, in milliseconds. */
const SLOW_MS = 2_000
/** Lifetime of the certificate that expires, in seconds: the services start and find a load meanwhile. */
const CERTIFICATE_S = 40
const DAY_S = 86_400

export type Place = {
  readonly binary: FoundMongod
  readonly folder: string
  readonly onCrash: (reason: string) => void
}

/** One case, ready to happen: nothing runs but what `prepare` started. */
export type Case = {
  /** What the services are told. */
  readonly uri: string
  /** What they are told after the illness, where that is what was wrong. */
  readonly rightUri?: string
  /** Where the books are verified in the end. */
  readonly verifyUri: string
  readonly fallsIll: () => Promise<void>
  readonly recovers: () => Promise<void>
  readonly end: () => Promise<void>
}

export type CaseKind = {
  readonly title: string
  /** What the log of the services must name. */
  readonly cause: readonly CauseName[]
  /** Whether it is ill before the services are started. */
  readonly fromTheStart: boolean
  readonly prepare: (place: Place) => Promise<Case>
}

export const cases = {
  LATE: {
    title: 'started after the service',
    cause: ['UNREACHABLE'],
    fromTheStart: true,
    prepare: async (place) => {
      const patient = await Patient.prepare(place)
      return caseOf(patient, {
        fallsIll: async () => {},
        recovers: async () => {
          await patient.gate.listen()
          await patient.start()
        },
      })
    },
  },
  REPLICA_SET_NAME: {
    title: 'wrong replica set in MONGODB_URI',
    cause: ['REPLICA_SET_NAME'],
    fromTheStart: true,
    prepare: async (place) => {
      const patient = await started(place)
      const uri = patient.uri.replace('replicaSet=rs0', 'replicaSet=rs-other')
      const nothing = async () => {}
      return { ...caseOf(patient, { fallsIll: nothing, recovers: nothing }), uri, rightUri: patient.uri }
    },
  },
  CONNECTIONS: {
    title: 'others hold all connections',
    cause: ['CONNECTIONS_CLOSED'],
    fromTheStart: true,
    prepare: async (place) => {
      const patient = await started({ ...place, args: ['--maxConns', String(FEW_CONNECTIONS)] })
      let hogs: readonly Socket[] = []
      return caseOf(patient, {
        fallsIll: async () => {
          hogs = Array.from({ length: HOGS }, () => hogOf(patient.mongod.port))
          await delay(500)
        },
        recovers: async () => {
          for (const hog of hogs) hog.destroy()
        },
      })
    },
  },
  CREDENTIALS: {
    title: 'password changed behind its back',
    cause: ['CREDENTIALS'],
    fromTheStart: false,
    prepare: async (place) => {
      const { patient, administrator } = await withUsers(place)
      const change = async (pwd: string) => {
        await administrator.db('admin').command({ updateUser: 'service', pwd })
        // Connections that there are stay as they are.
        patient.gate.reset()
      }
      const { end, ...rest } = caseOf(patient, {
        fallsIll: () => change('another'),
        recovers: () => change(PASSWORD),
      })
      return {
        ...rest,
        end: async () => {
          await administrator.close()
          await end()
        },
      }
    },
  },
  CERTIFICATE: {
    title: 'its certificate expires, and is renewed',
    cause: ['CERTIFICATE'],
    fromTheStart: false,
    prepare: async (place) => {
      const certificates = await Certificates.create(place.folder)
      const expiresAtMs = Date.now() + CERTIFICATE_S * 1_000
      await certificates.issue(CERTIFICATE_S)
      const { authority, server } = certificates
      const tls = ['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', server, '--tlsCAFile', authority]
      const patient = await started({
        ...place,
        args: [...tls, '--tlsAllowConnectionsWithoutCertificates'],
        options: `&tls=true&tlsCAFile=${encodeURIComponent(authority)}`,
        admin: { tlsAllowInvalidCertificates: true },
      })
      return caseOf(patient, {
        fallsIll: async () => {
          await delay(Math.max(0, expiresAtMs - Date.now()) + 1_000)
          patient.gate.reset()
        },
        recovers: async () => {
          await certificates.issue(DAY_S)
          await patient.command({ rotateCertificates: 1 })
        },
      })
    },
  },
  NO_PRIMARY: {
    title: 'nobody may write: no primary',
    cause: ['NO_PRIMARY'],
    fromTheStart: false,
    prepare: async (place) => {
      const patient = await started(place)
      return caseOf(patient, {
        fallsIll: async () => {
          await patient.command({ replSetStepDown: 600, force: true })
        },
        recovers: async () => {
          await patient.command({ replSetFreeze: 0 })
        },
      })
    },
  },
  SLOW: {
    title: `slow: every request ${SLOW_MS / 1_000} s late`,
    cause: ['SLOW'],
    fromTheStart: false,
    prepare: async (place) => {
      const patient = await started(place)
      const proxy = await TcpProxy.listen(patient.mongod.port)
      const { end, ...rest } = caseOf(patient, {
        fallsIll: async () => proxy.slowDown(SLOW_MS),
        recovers: async () => proxy.slowDown(0),
      })
      return {
        ...rest,
        uri: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`,
        end: async () => {
          await proxy.close()
          await end()
        },
      }
    },
  },
  DISK_FULL: {
    title: 'its disk is full',
    cause: ['UNREACHABLE', 'CONNECTIONS_CLOSED', 'NO_ROOM', 'SLOW'],
    fromTheStart: false,
    prepare: (place) =>
      onDisk(place, {
        fallsIll: (disk) => disk.fill(),
        recovers: (disk) => disk.empty(),
      }),
  },
  READ_ONLY: {
    title: 'its disk has become read-only',
    cause: ['UNREACHABLE', 'CONNECTIONS_CLOSED', 'SLOW'],
    fromTheStart: false,
    prepare: (place) =>
      onDisk(place, {
        fallsIll: (disk) => disk.breakDown(),
        recovers: (disk) => disk.repair(),
      }),
  },
} as const satisfies Readonly<Record<string, CaseKind>>

export type CaseName = keyof typeof cases

type Turns = Pick<Case, 'fallsIll' | 'recovers'>

function caseOf(patient: Patient, turns: Turns): Case {
  return { ...turns, uri: patient.uri, verifyUri: patient.uri, end: () => patient.stop() }
}

async function started(options: Parameters<typeof Patient.prepare>[0]): Promise<Patient> {
  const patient = await Patient.prepare(options)
  await patient.gate.listen()
  try {
    await patient.start()
  } catch (error) {
    await patient.stop()
    throw error
  }
  return patient
}

/** A database that wants passwords, with a user for the services and one for us. */
async function withUsers(place: Place) {
  const keyFile = join(place.folder, 'key')
  await writeFile(keyFile, 'the members of this set have it')
  await chmod(keyFile, 0o400)
  const credentials = `service:${PASSWORD}@`
  const patient = await started({ ...place, credentials, auth: true, args: ['--keyFile', keyFile] })
  // Without any user, whoever comes from the same machine may make the first one.
  await patient.command({ createUser: 'root', pwd: 'root', roles: ['root'] })
  const administrator = new MongoClient(
    `mongodb://root:root@127.0.0.1:${patient.mongod.port}/?directConnection=true`,
  )
  const roles = ['readWrite', 'dbAdmin'].map((role) => ({ role, db: 'benefits' }))
  await administrator.db('admin').command({ createUser: 'service', pwd: PASSWORD, roles })
  return { patient, administrator }
}

type DiskTurns = Readonly<Record<'fallsIll' | 'recovers', (disk: Disk) => Promise<void>>>

/** A database whose disk misbehaves. mongod ends then; it is started again when the disk is as it should be. */
async function onDisk(place: Place, turns: DiskTurns): Promise<Case> {
  const disk = await Disk.create(place.folder)
  let isIll = false
  const onCrash = (reason: string) => {
    if (!isIll) place.onCrash(reason)
  }
  // MongoDB makes no index where there are less than 500 MB, unless it is told to.
  const args = ['--setParameter', 'indexBuildMinAvailableDiskSpaceMB=0']
  const patient = await started({ ...place, folder: disk.folder, args, onCrash }).catch(
    async (error: unknown) => {
      await disk.remove()
      throw error
    },
  )
  const { end, ...rest } = caseOf(patient, {
    fallsIll: async () => {
      isIll = true
      await turns.fallsIll(disk)
    },
    recovers: async () => {
      await patient.mongod.kill()
      await turns.recovers(disk)
      isIll = false
      await patient.start()
    },
  })
  return {
    ...rest,
    end: async () => {
      await end()
      await disk.remove()
    },
  }
}

function hogOf(port: number): Socket {
  const hog = connect(port, '127.0.0.1')
  // Those that are too many are closed.
  hog.on('error', () => {})
  return hog
}
