import { parseAllDocuments } from 'yaml'
import type { RuleGroup } from './rule-groups.js'

type Metadata = {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** The rules in the format of the Prometheus operator. */
export type PrometheusRule = {
  readonly apiVersion: 'monitoring.coreos.com/v1'
  readonly kind: 'PrometheusRule'
  readonly metadata: Metadata
  readonly spec: { readonly groups: readonly RuleGroup[] }
}

/**
 * Builds the rules for the manifests of an environment, with the name and labels of its ServiceMonitor, so
 * that one selector finds both. Undefined without a ServiceMonitor.
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
