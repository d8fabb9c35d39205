import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** The folder of everything that Prometheus reads. */
export const PROMETHEUS_FOLDER = '.monitoring/prometheus'

export type Recording = { readonly record: string; readonly expr: string }
export type Alert = {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export type RuleGroup = { readonly name: string; readonly rules: readonly (Recording | Alert)[] }

/** Reads all rules, in the groups that Prometheus evaluates together. */
export function readRuleGroups(): readonly RuleGroup[] {
  const files: { readonly groups: readonly RuleGroup[] }[] = prometheusFiles('rules').map(readYaml)
  return files.flatMap(({ groups }) => groups)
}

/** Lists the paths of the YAML files in a folder of Prometheus, in the order of their names. */
export function prometheusFiles(folder: 'rules' | 'tests'): readonly string[] {
  const path = join(PROMETHEUS_FOLDER, folder)
  return readdirSync(path)
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => join(path, file))
}

export function readYaml(path: string) {
  return parse(readFileSync(path, 'utf8'))
}
