import { readConfig } from '../../src/config.js'

/** The names of the variables that the configuration asks for. */
export function configVariables(): readonly string[] {
  const names = new Set<string>()
  const env = new Proxy<Record<string, string>>(
    {},
    { get: (_, name) => (typeof name === 'string' ? void names.add(name) : undefined) },
  )
  readConfig(env)
  return [...names].sort()
}
