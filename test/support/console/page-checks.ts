import axe from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * The rules of WCAG 2.2 AA and of good practice that the page breaks, with the elements that do. The page has
 * to be opened with `bypassCSP`: axe makes elements from text, which the console's own policy forbids.
 */
export async function violations(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source)
  return await page.evaluate(
    "axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))",
  )
}

/** Number of pixels by which the page is wider than the screen. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate('document.documentElement.scrollWidth - innerWidth')
}
