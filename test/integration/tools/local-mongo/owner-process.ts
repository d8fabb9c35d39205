// A minimal service: opens the local MongoDB of a folder and reports it; drains after SIGINT for a given
// time.
import { createInterface } from 'node:readline'
import { MongoClient } from 'mongodb'
import { openLocalMongo } from '../../../../tools/dev/local-mongo/local-mongo.js'

const [dataDir = '', mongodPath] = process.argv.slice(2)
const say = (event: object): boolean => process.stdout.write(`${JSON.stringify(event)}\n`)

const mongo = await openLocalMongo({ dataDir, mongodPath, log: (message) => say({ log: message }) })
const input = createInterface({ input: process.stdin })
process.on('SIGINT', () => say({ draining: true }))
input.once('line', async () => {
  const client = new MongoClient(mongo.uri, { serverSelectionTimeoutMS: 2_000, retryWrites: false })
  await client.db('test').collection('facts').insertOne({ fact: 'drained' })
  await client.close()
  await mongo.stop()
  process.exit(0)
})
say({ uri: mongo.uri })
