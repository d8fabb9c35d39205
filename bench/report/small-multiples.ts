import { heading } from './line-chart.js'
import { type Panel, panelContent } from './panel.js'
import { picture, text } from './svg.js'

/** A panel, and what it shows, in which unit. */
export type TitledPanel = Panel & { readonly title: string }

export type SmallMultiples = {
  readonly title: string
  readonly subtitle: string
  /** Row by row, two in a row. */
  readonly panels: readonly TitledPanel[]
}

const COLUMNS = 2
const HEAD_HEIGHT = 70
const PANEL = { width: 540, height: 196 }
/** From the edge of a panel to its axes: room for its title, and for what stands at them. */
const MARGIN = { left: 64, right: 104, top: 34, bottom: 34 }

/** Many small charts over the same axis, as SVG. */
export function smallMultiples({ title, subtitle, panels }: SmallMultiples): string {
  const rows = Math.ceil(panels.length / COLUMNS)
  const size = { width: COLUMNS * PANEL.width, height: HEAD_HEIGHT + rows * PANEL.height }
  const content = panels.flatMap((panel, index) => {
    const left = (index % COLUMNS) * PANEL.width
    const top = HEAD_HEIGHT + Math.floor(index / COLUMNS) * PANEL.height
    const box = {
      left: left + MARGIN.left,
      right: left + PANEL.width - MARGIN.right,
      top: top + MARGIN.top,
      bottom: top + PANEL.height - MARGIN.bottom,
    }
    return [text(panel.title, { x: left + 24, y: top + 20, 'font-weight': 600 }), ...panelContent(panel, box)]
  })
  return picture(size, { title, content: [...heading({ title, subtitle }), ...content] })
}
