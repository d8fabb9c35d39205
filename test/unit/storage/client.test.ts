import { expect } from 'chai'
import { createClient } from '../../../src/storage/client.js'

const PASSWORD = 'hunter2'

describe('a client for an address that is not one', () => {
  for (const uri of [
    `mongodb://somebody:${PASSWORD}`,
    `mongodb://somebody:${PASSWORD}/@db/`,
    `mongodb://somebody:${PASSWORD}@db:99999999/`,
    `mongodb://somebody:${PASSWORD}%@db/`,
    `mongodb://somebody:${PASSWORD}@db/?what=${PASSWORD}`,
    `mongodb+srv://somebody:${PASSWORD}@db:27017/`,
  ]) {
    it(`is not made, and the error does not show the password: ${uri.replaceAll(PASSWORD, '...')}`, () => {
      expect(() => createClient({ uri, poolSizeMax: 2 }))
        .to.throw('MONGODB_URI')
        .with.property('message')
        .that.does.not.include(PASSWORD)
    })
  }
})
