import { en } from './en.js'
import { language } from './language.js'
import { pt } from './pt.js'

/** Every text of the console, in one language. */
export type Text = typeof en

/** Returns the texts in the language of the console. */
export function text(): Text {
  return language() === 'pt' ? pt : en
}
