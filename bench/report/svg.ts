type Attributes = Readonly<Record<string, string | number>>

const FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

/** An element; what is in it is SVG already. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(coordinate(value))}"`)
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`
}

export function text(content: string, attributes: Attributes): string {
  return element('text', attributes, escaped(content))
}

/** About how wide a text of the ordinary size is, in pixels: rather too much than too little. */
export function widthOf(content: string, { isBold }: { readonly isBold: boolean }): number {
  return content.length * (isBold ? 8.8 : 7.8)
}

export type Size = { readonly width: number; readonly height: number }

/** A whole picture on white, so that it can be read on a dark page too. */
export function picture(
  { width, height }: Size,
  { title, content }: { title: string; content: readonly string[] },
): string {
  const background = element('rect', { width, height, rx: 8, fill: '#ffffff' })
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'font-family': FONT,
    'font-size': 13,
    fill: '#1f2933',
  }
  const name = element('title', {}, escaped(title))
  return `${element('svg', attributes, [name, background, ...content].join('\n'))}\n`
}

/** Broken lines and curves are drawn with tenths of a pixel at most. */
function coordinate(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value
}

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
