import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect } from 'chai'
import { readConfig } from '../../../src/config.js'

/** The names of the variables that the configuration asks for. */
function variablesRead(): readonly string[] {
  const names = new Set<string>()
  const env = new Proxy<Record<string, string>>(
    {},
    { get: (_, name) => (typeof name === 'string' ? void names.add(name) : undefined) },
  )
  readConfig(env)
  return [...names].sort()
}

describe('.env.example', () => {
  const example = parseEnv(readFileSync('.env.example', 'utf8'))

  it('has every variable of the configuration and no other', () => {
    expect(variablesRead()).to.include('MONGODB_URI')
    expect(Object.keys(example).sort()).to.deep.equal(variablesRead())
  })

  it('changes nothing: its values are the defaults', () => {
    expect(readConfig(example as Record<string, string>)).to.deep.equal(readConfig({}))
  })
})
