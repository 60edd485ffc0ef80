import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { requireBrowser } from './binaries.ts'

/** Keeps to itself: no sandbox (tests may run as root), no calls to its maker. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One page in a context of its own. */
export interface OpenPage {
  readonly page: Page
  /** Console messages and script errors so far; refused resources and inline scripts are told there too. */
  readonly complaints: readonly string[]
}

/** A real browser in which the dashboard is looked at. */
export interface TestBrowser {
  /** Opens an address, logged in unless the options say otherwise. @param path begins with `/`, or a whole address */
  open(path: string, options?: BrowserContextOptions): Promise<OpenPage>
  /** Closes what has been opened. */
  closePages(): Promise<void>
  close(): Promise<void>
}

/** Starts it. @throws Error there is no browser; says what to install */
export async function startBrowser(baseURL: string, password: string): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: requireBrowser(), args: FLAGS })
  return {
    async open(path, options = {}) {
      const context = await browser.newContext({
        baseURL,
        httpCredentials: { username: 'admin', password },
        locale: 'en-GB',
        timezoneId: 'Asia/Tokyo',
        ...options,
      })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(path)
      return { page, complaints }
    },
    closePages: async () => void (await Promise.all(browser.contexts().map((context) => context.close()))),
    close: async () => await browser.close(),
  }
}

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

interface Axe {
  run(): Promise<{ violations: readonly { id: string; nodes: readonly { html: string }[] }[] }>
}

/** What axe-core finds, each as the rule and the elements. It is put in from outside: a script tag would meet the policy. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe)
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)
  })
}

/** Whether the page has to be scrolled sideways. */
export async function isTooWide(page: Page): Promise<boolean> {
  return await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
}
