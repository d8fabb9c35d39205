import { en, type Text } from './en.js'
import { language } from './language.js'
import { pt } from './pt.js'

/** Returns the texts in the language of the console. */
export function text(): Text {
  return language() === 'pt' ? pt : en
}
