export type Language = 'en' | 'pt'

const KEY = 'language'

let current: Language =
  remembered() ?? ((globalThis.navigator?.language ?? 'en').toLowerCase().startsWith('pt') ? 'pt' : 'en')

/** The language of the console: the chosen one, else the browser's. */
export function language(): Language {
  return current
}

/** Chooses the language, for later visits too. */
export function chooseLanguage(chosen: Language): void {
  current = chosen
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // Without storage, the choice lasts until the page is closed.
  }
}

function remembered(): Language | undefined {
  try {
    const stored = localStorage.getItem(KEY)
    return stored === 'en' || stored === 'pt' ? stored : undefined
  } catch {
    return undefined
  }
}
