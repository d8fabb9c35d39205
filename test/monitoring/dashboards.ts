import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const DASHBOARD_FOLDER = '.monitoring/grafana/dashboards'

export type Dashboard = {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly annotations: { readonly list: readonly { readonly expr: string }[] }
  readonly templating: { readonly list: readonly Variable[] }
  readonly panels: readonly Panel[]
}

export type Panel = {
  readonly id: number
  readonly type: string
  readonly title?: string
  readonly description?: string
  readonly gridPos: Place
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[]
}

export type Place = { readonly x: number; readonly y: number; readonly w: number; readonly h: number }

type Variable = { readonly name: string; readonly type: string; readonly definition?: string }

/** A query of a dashboard, with its location. */
export type DashboardQuery = { readonly where: string; readonly query: string }

export function readDashboards(): readonly Dashboard[] {
  const files = readdirSync(DASHBOARD_FOLDER).filter((file) => file.endsWith('.json'))
  return files.map((file) => JSON.parse(readFileSync(join(DASHBOARD_FOLDER, file), 'utf8')))
}

/** Every query of the panels and annotations, over all watched processes. */
export function panelQueries({ title, panels, annotations }: Dashboard): readonly DashboardQuery[] {
  const ofPanels = panels.flatMap((panel) =>
    (panel.targets ?? []).map(({ refId, expr }) => ({
      where: `${title}, panel "${panel.title}", ${refId}`,
      query: withoutVariables(expr),
    })),
  )
  const ofAnnotations = annotations.list.map(({ expr }) => ({
    where: `${title}, annotation`,
    query: withoutVariables(expr),
  }))
  return [...ofPanels, ...ofAnnotations]
}

/** The selectors whose labels fill the variables. */
export function variableQueries({ title, templating }: Dashboard): readonly DashboardQuery[] {
  return templating.list.flatMap(({ name, definition }) => {
    const [, selector] = /^label_values\((.*), \w+\)$/.exec(definition ?? '') ?? []
    return selector === undefined
      ? []
      : [{ where: `${title}, variable ${name}`, query: withoutVariables(selector) }]
  })
}

/** As Grafana would send it with every value selected, for a window of a minute. */
function withoutVariables(query: string): string {
  const filled = query
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('"$job"', '"benefits-authorizer"')
    .replaceAll(/"\$(?:namespace|instance)"/g, '".*"')
  if (filled.includes('$')) throw new RangeError(`a variable that is not known: ${query}`)
  return filled
}
