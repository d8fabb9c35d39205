import { timeLineOf } from './picture.js'
import { momentsOf, scenarios } from './scenarios.js'

/** The folder of the pictures. */
export const TIME_LINES = '.docs/guide/time-lines'

/** Draws every time line. */
export function timeLines(): readonly { readonly path: string; readonly picture: string }[] {
  return scenarios.map((scenario) => ({
    path: `${TIME_LINES}/${scenario.name}.svg`,
    picture: timeLineOf(scenario, momentsOf(scenario)),
  }))
}
