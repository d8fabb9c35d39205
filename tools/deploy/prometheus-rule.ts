import { parseAllDocuments } from 'yaml'
import type { RuleGroup } from './rule-groups.js'

type Metadata = {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** The rules as the Prometheus operator takes them. */
export type PrometheusRule = {
  readonly apiVersion: 'monitoring.coreos.com/v1'
  readonly kind: 'PrometheusRule'
  readonly metadata: Metadata
  readonly spec: { readonly groups: readonly RuleGroup[] }
}

/**
 * The rules for the environment that kustomize has built, named and labelled as its ServiceMonitor is: who
 * finds one finds the other. Without a ServiceMonitor there is nobody to take them.
 */
export function prometheusRule(built: string, groups: readonly RuleGroup[]): PrometheusRule | undefined {
  const documents: readonly { readonly kind: string; readonly metadata: Metadata }[] = parseAllDocuments(
    built,
  ).map((document) => document.toJS())
  const monitor = documents.find(({ kind }) => kind === 'ServiceMonitor')
  if (!monitor) return undefined
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: monitor.metadata,
    spec: { groups },
  }
}
