import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect } from 'chai'
import { readSettings } from '../../../src/config.js'
import { readDevSettings } from '../../../tools/dev/dev-settings.js'

/** The settings of the service and of development together. */
function settingsOf(env: Readonly<Record<string, string | undefined>>) {
  return { ...readSettings(env), ...readDevSettings(env) }
}

/** The names of the variables that the configuration reads. */
function variablesRead(): readonly string[] {
  const names = new Set<string>()
  const env = new Proxy<Record<string, string>>(
    {},
    { get: (_, name) => (typeof name === 'string' ? void names.add(name) : undefined) },
  )
  settingsOf(env)
  return [...names].sort()
}

const OPEN_TELEMETRY = 'node_modules/@opentelemetry'

/** Whether the installed OpenTelemetry SDK has this name in its code. */
function isReadByTheSdk(name: string): boolean {
  return readdirSync(OPEN_TELEMETRY, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(core|resources|sdk-trace-base|otlp-[a-z-]+)\/build\/src\/.*\.js$/.test(path))
    .some((path) => readFileSync(join(OPEN_TELEMETRY, path), 'utf8').includes(`'${name}'`))
}

describe('.env.example', () => {
  const example = parseEnv(readFileSync('.env.example', 'utf8'))

  const notOurs = Object.keys(example).filter((name) => !variablesRead().includes(name))

  it('lists every variable of the configuration', () => {
    expect(variablesRead()).to.include('MONGODB_URI')
    expect(Object.keys(example)).to.include.members([...variablesRead()])
  })

  it('lists no others except those that the OpenTelemetry SDK reads', () => {
    expect(notOurs).to.include('OTEL_SERVICE_NAME')
    expect(notOurs.filter((name) => !isReadByTheSdk(name))).to.deep.equal([])
    expect(isReadByTheSdk('OTEL_SERVICE_NAMES')).to.equal(false)
  })

  it('changes nothing: its values are the defaults', () => {
    expect(settingsOf(example)).to.deep.equal(settingsOf({}))
  })
})
