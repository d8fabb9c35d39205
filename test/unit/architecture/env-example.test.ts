import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect } from 'chai'
import { readConfig } from '../../../src/config.js'
import { configVariables } from '../../support/config-variables.js'

describe('.env.example', () => {
  const example = parseEnv(readFileSync('.env.example', 'utf8'))

  it('has every variable of the configuration and no other', () => {
    expect(configVariables()).to.include('MONGODB_URI')
    expect(Object.keys(example).sort()).to.deep.equal(configVariables())
  })

  it('changes nothing: its values are the defaults', () => {
    expect(readConfig(example as Record<string, string>)).to.deep.equal(readConfig({}))
  })
})
