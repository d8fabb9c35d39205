/** The attributes of an SVG element. Places are written with tenths of a pixel at most. */
type Attributes = Readonly<Record<string, string | number>>

/** The color of text. */
const INK = '#1f2933'
/** The colors of secondary text and axes, and of the lines behind a chart. */
export const MUTED = '#52606d'
export const GRID = '#e4e7eb'

/** Makes an SVG document of its elements, on white so that it can be read on a dark page. */
export function picture(
  { title, width, height }: { readonly title: string; readonly width: number; readonly height: number },
  content: readonly string[],
): string {
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height }
  const font = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
  const style = { role: 'img', 'font-family': font, 'font-size': 13, fill: INK }
  const parts = [
    svg('title', {}, escaped(title)),
    svg('rect', { width, height, rx: 8, fill: '#ffffff' }),
    ...content,
  ]
  return `${svg('svg', { ...attributes, ...style }, parts.join('\n'))}\n`
}

/** Writes a line from one point to another. */
export function segment(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  attributes: Attributes,
): string {
  return svg('line', { x1, x2, y1, y2, ...attributes })
}

/** Writes a text. */
export function text(content: string, attributes: Attributes): string {
  return svg('text', attributes, escaped(content))
}

/** Writes an element; its content is SVG already. */
export function svg(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    const shown = typeof value === 'number' ? String(Math.round(value * 10) / 10) : value
    return ` ${key}="${escaped(shown)}"`
  })
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`
}

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
