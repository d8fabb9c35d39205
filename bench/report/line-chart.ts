import { LABEL_MARGIN, labelOf, type Panel, panelContent } from './panel.js'
import { picture, type Size, text, widthOf } from './svg.js'

export type LineChart = {
  readonly title: string
  readonly subtitle: string
  /** One below the other. */
  readonly panels: readonly Panel[]
}

const WIDTH = 900
const PANEL_HEIGHT = 380
const SMALL_PANEL_HEIGHT = 250
const HEAD_HEIGHT = 64
const MARGIN = { left: 78, bottom: 56, top: 14 }
/** From the longest label to the edge. */
const EDGE_MARGIN = 12
const MUTED = '#52606d'

/** The chart as SVG: each line carries its name at its right end. */
export function lineChart({ title, subtitle, panels }: LineChart): string {
  const panelHeight = panels.length === 1 ? PANEL_HEIGHT : SMALL_PANEL_HEIGHT
  const size: Size = { width: WIDTH, height: HEAD_HEIGHT + panels.length * panelHeight }
  const content = panels.flatMap((panel, index) => {
    const top = HEAD_HEIGHT + index * panelHeight
    const box = {
      left: MARGIN.left,
      right: WIDTH - labelsWidth(panels),
      top: top + MARGIN.top,
      bottom: top + panelHeight - MARGIN.bottom,
    }
    return panelContent(panel, box)
  })
  return picture(size, { title, content: [...heading({ title, subtitle }), ...content] })
}

/** Title and subtitle at the top left of a chart. */
export function heading({
  title,
  subtitle,
}: {
  readonly title: string
  readonly subtitle: string
}): readonly string[] {
  return [
    text(title, { x: 24, y: 32, 'font-size': 18, 'font-weight': 600 }),
    text(subtitle, { x: 24, y: 53, fill: MUTED }),
  ]
}

/** Room for the labels at the right: the same in all panels, so that their axes stand one below the other. */
function labelsWidth(panels: readonly Panel[]): number {
  const widths = panels.flatMap(({ lines }) => lines.map((line) => widthOf(labelOf(line), line.look)))
  return LABEL_MARGIN + Math.max(0, ...widths) + EDGE_MARGIN
}
