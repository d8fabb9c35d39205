import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { buildVersion } from '../../../src/service/build-version.js'

describe('build version', () => {
  it('is that of the package', () => {
    expect(buildVersion()).to.equal(JSON.parse(readFileSync('package.json', 'utf8')).version)
  })
})
