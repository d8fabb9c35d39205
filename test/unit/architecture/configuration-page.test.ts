import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { ConfigError, readSettings } from '../../../src/config.js'
import { readDevSettings } from '../../../tools/dev/dev-settings.js'
import { knownVariables } from '../../support/known-variables.js'

/** A row of the tables of settings. */
type Setting = { readonly name: string; readonly fallback: string; readonly bounds: string }

const page = readFileSync('.docs/guide/configuration.md', 'utf8')
const settings: readonly Setting[] = [
  ...page.matchAll(/^\| `([A-Z0-9_]+)` \|([^|]*)\|([^|]*)\| [^|]+ \|$/gm),
].map(([, name = '', fallback = '', bounds = '']) => ({
  name,
  fallback: fallback.trim(),
  bounds: bounds.trim(),
}))

/** The settings of the service and of development together. */
function settingsOf(env: Readonly<Record<string, string>>) {
  return { ...readSettings(env), ...readDevSettings(env) }
}

/** The numbers that the configuration accepts for a setting. */
function takes(name: string, values: readonly number[]): readonly number[] {
  return values.filter((value) => {
    try {
      readSettings({ [name]: String(value) })
      return true
    } catch (error) {
      if (error instanceof ConfigError) return false
      throw error
    }
  })
}

describe('the guide to the configuration', () => {
  it('lists every variable', () => {
    const ours = knownVariables().filter((name) => !name.startsWith('OTEL_'))
    expect(settings.map(({ name }) => name)).to.have.members(ours)
  })

  for (const { name, fallback } of settings) {
    const [, value] = /^`(.*)`$/.exec(fallback) ?? []
    if (value === undefined) continue
    it(`states the default of ${name}`, () => {
      expect(settingsOf({ [name]: value })).to.deep.equal(settingsOf({}))
    })
  }

  for (const { name, bounds } of settings) {
    if (bounds === '') continue
    it(`states the bounds of ${name}`, () => {
      const [min = NaN, max = NaN] = bounds.split(' to ').map(Number)
      expect(takes(name, [min - 1, min, max, max + 1])).to.deep.equal([min, max])
    })
  }

  it('states bounds and defaults', () => {
    expect(settings.filter(({ bounds }) => bounds !== '')).to.have.length.above(10)
    expect(settings.filter(({ fallback }) => fallback.startsWith('`'))).to.have.length.above(15)
  })
})
