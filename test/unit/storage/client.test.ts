import { expect } from 'chai'
import { createClient, OPERATION_MS_MAX } from '../../../src/storage/client.js'

const PASSWORD = 'hunter2'

describe('the client of MongoDB', () => {
  const { options } = createClient({ uri: 'mongodb://127.0.0.1/?replicaSet=rs0', poolSizeMax: 4 })
  // The driver checks each member once in this time, and waits for the answer as long as for a connection.
  const noticedMs = options.heartbeatFrequencyMS + options.connectTimeoutMS

  it('considers a server that is silent on open connections gone within three seconds', () => {
    expect(noticedMs).to.be.at.most(3_000)
  })

  it('waits at most that long for an answer, and longer than the server may take', () => {
    expect(options.socketTimeoutMS).to.be.within(OPERATION_MS_MAX + 500, noticedMs)
  })
})

describe('a client for an invalid address', () => {
  for (const uri of [
    `mongodb://somebody:${PASSWORD}`,
    `mongodb://somebody:${PASSWORD}/@db/`,
    `mongodb://somebody:${PASSWORD}@db:99999999/`,
    `mongodb://somebody:${PASSWORD}%@db/`,
    `mongodb://somebody:${PASSWORD}@db/?what=${PASSWORD}`,
    `mongodb+srv://somebody:${PASSWORD}@db:27017/`,
  ]) {
    it(`is not created, and the error does not show the password: ${uri.replaceAll(PASSWORD, '...')}`, () => {
      expect(() => createClient({ uri, poolSizeMax: 2 }))
        .to.throw('MONGODB_URI')
        .with.property('message')
        .that.does.not.include(PASSWORD)
    })
  }
})
