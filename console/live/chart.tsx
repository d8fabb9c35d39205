import type { ComponentChildren } from 'preact'

/** A line of a chart. Where its value is undefined, the line has a gap. */
export type Line = {
  readonly name: string
  readonly tone: 'good' | 'bad' | 'strong' | 'quiet'
  readonly points: readonly (readonly [atMs: number, value: number | undefined])[]
  /** The latest value, as text. */
  readonly latest: string
}

const WIDTH = 600
const HEIGHT = 120

/**
 * Lines over time. All charts of a page share the time axis. The legend shows the latest values, also to
 * screen readers.
 */
export function Chart({
  title,
  lines,
  fromMs,
  untilMs,
  top,
  topLabel,
  axis,
}: {
  readonly title: string
  readonly lines: readonly Line[]
  readonly fromMs: number
  readonly untilMs: number
  /** The largest value of the scale. */
  readonly top: number
  readonly topLabel: string
  readonly axis: readonly [start: string, end: string]
}): ComponentChildren {
  const x = (atMs: number) => ((atMs - fromMs) / (untilMs - fromMs)) * WIDTH
  const y = (value: number) => HEIGHT - (Math.min(value, top) / top) * HEIGHT
  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        <ul class="legend">
          {lines.map(({ name, tone, latest }) => (
            <li key={name}>
              <span class={`key ${tone}`} />
              <span class="quiet">{name}</span> <b class="number">{latest}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="plot" aria-hidden="true">
        <span class="plot-top">{topLabel}</span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path class="grid" d={`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`} />
          {lines.map(({ name, tone, points }) => (
            <path key={name} class={`line ${tone}`} d={pathOf(points, x, y)} />
          ))}
        </svg>
        <span class="plot-axis">
          <span>{axis[0]}</span>
          <span>{axis[1]}</span>
        </span>
      </div>
    </figure>
  )
}

function pathOf(points: Line['points'], x: (atMs: number) => number, y: (value: number) => number): string {
  let isDrawing = false
  return points
    .map(([atMs, value]) => {
      if (value === undefined) {
        isDrawing = false
        return ''
      }
      const command = isDrawing ? 'L' : 'M'
      isDrawing = true
      return `${command}${x(atMs).toFixed(1)} ${y(value).toFixed(1)}`
    })
    .join('')
}

/** The next round number: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const [factor = 10] = [1, 2, 5, 10].filter((each) => each * power >= value)
  return factor * power
}
