import {
  type Alert,
  prometheusFiles,
  type Recording,
  readRuleGroups,
  readYaml,
} from '../../tools/deploy/rule-groups.js'
import type { ExportedSamples } from './exported-metrics.js'
import { partsOf } from './promql.js'

/** All rules that Prometheus loads. */
export type Rules = { readonly recordings: readonly Recording[]; readonly alerts: readonly Alert[] }

export function readRules(): Rules {
  const rules = readRuleGroups().flatMap((group) => group.rules)
  return {
    recordings: rules.filter((rule) => 'record' in rule),
    alerts: rules.filter((rule) => 'alert' in rule),
  }
}

/** One expectation of promtool: the alerts of this name that fire at that time. */
export type AlertExpectation = { readonly alertname: string; readonly exp_alerts?: readonly unknown[] }

export function readAlertExpectations(): readonly AlertExpectation[] {
  const files: { readonly tests: readonly { readonly alert_rule_test: readonly AlertExpectation[] }[] }[] =
    prometheusFiles('tests').map(readYaml)
  return files.flatMap(({ tests }) => tests.flatMap((test) => test.alert_rule_test))
}

/** The paths of the files that promtool tests the rules by. */
export function ruleTestFiles(): readonly string[] {
  return prometheusFiles('tests')
}

/** The recorded series as if a service exported them, with the labels that remain of their sources. */
export function withRecorded(exported: ExportedSamples, recordings: readonly Recording[]): ExportedSamples {
  const all = new Map(exported)
  for (const { record, expr } of recordings) {
    const { selectors, grouping } = partsOf(expr)
    const sources = selectors.flatMap(({ name }) => all.get(name) ?? [])
    const isGrouped = grouping.length > 0
    const left = (sample: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(sample).filter(([label]) => !isGrouped || grouping.includes(label)))
    all.set(record, sources.map(left))
  }
  return all
}
