import { type Browser, chromium } from 'playwright-core'
import { findBrowser } from './find-browser.js'

/** Starts a headless Chromium. */
export async function openBrowser(log: (message: string) => void): Promise<Browser> {
  const { path, env } = await findBrowser(process.env, log)
  return await chromium.launch({
    executablePath: path,
    env: { ...process.env, ...env },
    args: ['--disable-gpu', '--font-render-hinting=none', '--no-sandbox', '--no-zygote'],
  })
}
