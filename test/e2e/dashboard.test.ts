import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { sandboxInterviewer } from '../../src/sandbox/interviewflow.ts'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { type AdminClient, adminClient } from '../support/admin-client.ts'
import { type BridgeProcess, startBridgeProcess } from '../support/bridge-process.ts'
import { axeViolations, isTooWide, startBrowser, type TestBrowser } from '../support/browser.ts'
import { startRedis } from '../support/redis-server.ts'
import {
  ADMIN_PASSWORD,
  type SandboxWorld,
  sandboxDocument,
  sandboxVariables,
  startSandboxWorld,
} from '../support/sandbox-world.ts'
import { deliveryIds } from '../support/sent.ts'
import type { TestServer } from '../support/server-process.ts'
import { until } from '../support/until.ts'

/** A job's name as somebody might write it who means no good. */
const CANARY = '<img src=x onerror="document.title=1"> & "Engineer"'

describe('the dashboard in a browser', () => {
  let sandboxes: SandboxWorld
  let store: TestServer
  let bridge: BridgeProcess & { readonly url: string }
  let browser: TestBrowser
  let api: AdminClient
  let delivered: string
  let refused: readonly string[]
  let linkless: { readonly id: string; readonly link: string; readonly applicationId: number }
  let retrying: string
  let ignored: number
  /** The overview, open since nothing had come. */
  let first: Page

  let people = 0
  const aPerson = (job = 'Designer', canEmail = true) => {
    people += 1
    const person = { firstName: 'Amara', lastName: 'Quillfeather', email: `person-${people}@example.com` }
    return { ...person, ...sandboxes.greenhouse.addCandidate({ ...person, job, canEmail }) }
  }
  const move = async (applicationId: number, stage = SANDBOX_STAGE) => {
    const { greenhouse } = sandboxes
    const sent = await greenhouse.sendWebhook(
      `${bridge.url}/webhooks/greenhouse`,
      greenhouse.move(applicationId, stage),
    )
    return deliveryIds(sent)[0] ?? ''
  }
  const settled = async (applicationId: number) => (await api.settled(await move(applicationId))).id

  /** Its stream is open and has told something: from here on it asks only when something changes. */
  const live = async (page: Page) => await page.locator('#live-state', { hasText: 'Live,' }).waitFor()

  beforeAll(async () => {
    sandboxes = await startSandboxWorld()
    store = await startRedis()
    const settings = { kind: 'redis', url: store.url } as const
    const variables = { ...sandboxVariables(sandboxes, settings), BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes) }
    bridge = await startBridgeProcess({ variables })
    api = adminClient(bridge.url, ADMIN_PASSWORD)
    browser = await startBrowser(bridge.url, ADMIN_PASSWORD)
    const { greenhouse, lever, vendor } = sandboxes
    first = (await browser.open('/admin')).page
    await first.getByText('No webhook has arrived yet').waitFor()

    delivered = await settled(aPerson(CANARY).applicationId)
    vendor.fault({ kind: 'error-request', operation: 'create', status: 422, times: 2 })
    refused = [await settled(aPerson().applicationId), await settled(aPerson().applicationId)]
    vendor.configure({ readBack: 'off' })
    const { email, applicationId } = aPerson()
    const { interviewLink } = vendor.addInterview({
      interviewer: sandboxInterviewer,
      name: 'Amara Quillfeather',
      email,
    })
    linkless = { id: await settled(applicationId), link: interviewLink, applicationId }
    ignored = aPerson(CANARY).applicationId
    await move(ignored, 'Face to Face')
    await greenhouse.sendWebhook(`${bridge.url}/webhooks/nobody`, greenhouse.move(ignored, 'Offer'))

    lever.fault({ kind: 'error-request', status: 503, forMs: 3_600_000 })
    const { opportunityId } = lever.addOpportunity({
      name: 'Bjarne Sandvik',
      email: 'bjarne@example.com',
      posting: 'Engineer',
      stage: SANDBOX_STAGE,
    })
    const sent = await lever.sendWebhook(`${bridge.url}/webhooks/lever`, lever.move(opportunityId, SANDBOX_STAGE))
    retrying = deliveryIds(sent)[0] ?? ''
    await api.retrying(retrying)
    await until(async () => ((await api.get('/api/webhooks')).body as { items: unknown[] }).items.length === 2)
  })
  afterEach(async () => await browser?.closePages())
  afterAll(async () => {
    await browser?.close()
    await bridge?.stop()
    await sandboxes?.close()
    await store?.stop()
  })

  test('goes on from the first steps to what needs somebody, by itself', async () => {
    await first.getByRole('heading', { name: 'Needs you (3)' }).waitFor()
    await first.getByText('No webhook has arrived yet').waitFor({ state: 'detached' })
  })

  const pages = () => [
    '/admin',
    '/admin/deliveries',
    '/admin/deliveries?state=dead',
    `/admin/deliveries?q=${ignored}`,
    ...[delivered, refused[0], linkless.id, retrying].map((id) => `/admin/deliveries/${id}`),
    `/admin/deliveries/${delivered}/forget`,
    '/admin/webhooks',
    '/admin/webhooks?list=1',
    `/admin/routes?compare=1&who=${linkless.applicationId}`,
    '/admin/replay?state=dead',
    '/admin/replayed?replayed=2&left=1&lastTurnAt=0',
    '/admin/find?q=Amara+Quillfeather',
    '/admin/api',
  ]

  test('has nothing that axe objects to, in light and dark, wide and narrow, and never scrolls sideways', async () => {
    const { page, complaints } = await browser.open('/admin')
    for (const path of pages()) {
      await page.goto(path)
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [390, 'light'],
        [390, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 844 })
        await page.emulateMedia({ colorScheme })
        expect(await axeViolations(page), `${path} ${width} ${colorScheme}`).toEqual([])
        expect(await isTooWide(page), `${path} at ${width}`).toBe(false)
      }
      await page.setViewportSize({ width: 320, height: 700 })
      expect(await isTooWide(page), `${path} at 320`).toBe(false)
    }
    expect(complaints).toEqual([])
  })

  test('shows names of jobs and stages as text, whatever is in them', async () => {
    for (const path of ['/admin/deliveries', `/admin/deliveries/${delivered}`, '/admin/webhooks']) {
      const { page } = await browser.open(path)
      expect(await page.getByText(CANARY).count(), path).toBeGreaterThan(0)
      expect(await page.locator('img').count()).toBe(0)
      expect(await page.title()).not.toBe('1')
    }
  })

  test('says on the tab that somebody is needed, and tells times where the reader is', async () => {
    const { page } = await browser.open('/admin')
    expect(await page.title()).toBe('(3) Needs you · Overview · Interview Link Bridge')
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toContain('icon-alert')
    expect(await page.locator('.line').textContent()).toContain('times in Asia/Tokyo')
  })

  test('is used by keyboard alone', async () => {
    const { page } = await browser.open('/admin/deliveries')
    const focused = async () => await page.evaluate('document.activeElement.id || document.activeElement.textContent')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the content')
    expect((await page.locator('.skip').boundingBox())?.y).toBeGreaterThanOrEqual(0)
    expect(await page.evaluate('getComputedStyle(document.activeElement).outline')).toMatch(/solid 3px$/)
    await page.keyboard.press('Enter')
    expect(await focused()).toBe('main')
    await page.keyboard.press('/')
    expect(await focused()).toBe('find')
    await page.keyboard.type(`https://app.greenhouse.io/people/1?application_id=${linkless.applicationId}`)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/admin/deliveries?q=${linkless.applicationId}`)
    expect(await page.locator('[data-rows] tr').count()).toBe(1)
  })

  test('takes in changes by itself: the focus stays, and a list waits until it is asked', async () => {
    const { page: overview } = await browser.open('/admin')
    const { page: list, complaints } = await browser.open('/admin/deliveries')
    const rows = await list.locator('[data-rows] tr').count()
    const link = overview.locator('#connections a', { hasText: 'greenhouse' })
    await link.focus()
    await live(overview)
    await live(list)

    await settled(aPerson().applicationId)
    await overview.getByText('2 links delivered').waitFor()
    expect(await overview.evaluate('document.activeElement.textContent')).toBe('greenhouse')
    const news = list.locator('#news a', { hasText: '1 new, show them' })
    await news.waitFor()
    expect(await list.locator('[data-rows] tr').count()).toBe(rows)
    await news.click()
    await until(async () => (await list.locator('[data-rows] tr').count()) === rows + 1)
    expect(complaints).toEqual([])
  })

  test('tells of the first delivery of a list that was empty', async () => {
    const { page: empty } = await browser.open('/admin/deliveries?state=lapsed')
    await live(empty)
    const id = await settled(aPerson('Designer', false).applicationId)
    await empty.locator('#news a', { hasText: '1 new, show them' }).click()
    await empty.locator(`[data-rows] tr[id="${id}"]`).waitFor()
  })

  test('takes a link by hand: keeps what was typed when it refuses it, and follows the delivery to its end', async () => {
    const { page: list } = await browser.open('/admin/deliveries?state=dead')
    const { page } = await browser.open('/admin')
    await page.getByRole('link', { name: 'Give the link' }).click()
    const field = page.getByLabel('Interview link, as InterviewFlowAI shows it')
    await field.fill('https://evil.example.com/form')
    await live(page)
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.getByRole('button', { name: 'Give this link' }).click()
    await page.getByText('evil.example.com is not a host of InterviewFlowAI.').waitFor()
    expect(await field.inputValue()).toBe('https://evil.example.com/form')
    expect(await field.getAttribute('aria-describedby')).toBe('link-error')
    await page.waitForLoadState()
    expect(asked, 'where no page can be fetched again').not.toContain('/admin/changes')
    expect(await axeViolations(page)).toEqual([])

    await field.fill(linkless.link)
    await page.getByRole('button', { name: 'Give this link' }).click()
    await page.getByText('Link stored. It is being written to Greenhouse now.').waitFor()
    await page.locator('#state', { hasText: 'Link delivered' }).waitFor()
    await list.locator('#news a', { hasText: '1 no longer belongs here, show what does' }).waitFor()
    expect(await page.getByRole('textbox', { name: 'Interview link' }).inputValue()).toBe(linkless.link)
  })

  test('offers the field for a link on a page that was open before the link was needed', async () => {
    const { vendor } = sandboxes
    vendor.fault({ kind: 'error-request', operation: 'create', status: 422 })
    const { email, applicationId } = aPerson()
    const id = await settled(applicationId)
    const { page } = await browser.open(`/admin/deliveries/${id}`)
    const field = page.getByLabel('Interview link, as InterviewFlowAI shows it')
    expect(await field.count()).toBe(0)
    const { interviewLink } = vendor.addInterview({
      interviewer: sandboxInterviewer,
      name: 'Amara Quillfeather',
      email,
    })
    await api.post(`/api/deliveries/${id}/replay`)
    await field.fill(interviewLink)
    await page.getByRole('button', { name: 'Give this link' }).click()
    await page.locator('#state', { hasText: 'Link delivered' }).waitFor()
  })

  test('works without scripts: somebody is found, and many are tried again as counted', async () => {
    const { page } = await browser.open('/admin', { javaScriptEnabled: false })
    await page.getByLabel('Find a candidate').fill(String(ignored))
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByText('was ignored: No route is for this stage and job.').waitFor()

    await page.goto('/admin/deliveries?state=dead')
    await page.getByRole('link', { name: 'Try all again…' }).click()
    await page.getByRole('heading', { name: 'Try 2 again?' }).waitFor()
    await page.getByLabel('30 a minute').check()
    await page.getByRole('button', { name: 'Try these 2 again' }).click()
    await page.getByText('2 put back in line.').waitFor()
    for (const id of refused) expect(await api.settled(id)).toMatchObject({ state: 'delivered' })
  })

  test('erases somebody after asking', async () => {
    const { page } = await browser.open(`/admin/deliveries/${refused[0]}`)
    await page.getByRole('link', { name: 'Erase everything about this person…' }).click()
    await page.getByRole('button', { name: 'Erase' }).click()
    await page.getByText('The person was erased: nothing here names them any more.').waitFor()
    expect(await page.getByRole('link', { name: 'Open in Greenhouse' }).count()).toBe(0)
  })

  test('obeys no form of another site, though the browser knows the password', async () => {
    const { page } = await browser.open('/admin')
    const target = `${bridge.url}/admin/deliveries/${delivered}/forget`
    await page.route('http://evil.example.com/', async (route) => {
      const body = `<form method="post" action="${target}"><button>Win</button></form>`
      await route.fulfill({ contentType: 'text/html', body })
    })
    await page.goto('http://evil.example.com/')
    await page.getByRole('button', { name: 'Win' }).click()
    await page.getByText('This one came from http://evil.example.com').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect(await api.delivery(delivered)).toMatchObject({ state: 'delivered', interviewLink: expect.any(String) })
  })

  test('shows the raw queue under a policy of its own', async () => {
    const { page, complaints } = await browser.open('/admin/queues/queue/deliveries?status=delayed')
    await page.getByText(retrying).first().waitFor()
    expect(complaints).toEqual([])
  })

  test('is live again by itself when the store is, though nothing has changed meanwhile', async () => {
    const { page } = await browser.open(`/admin/deliveries/${delivered}`)
    await page.clock.install()
    await page.reload()
    const isSoon = async (words: string) =>
      await until(async () => {
        await page.clock.fastForward(30_000)
        return (await page.locator('#live-state').textContent()) === words
      })
    await live(page)
    await store.kill()
    await isSoon('Not live since')
    await store.restart()
    await isSoon('Live,')
    expect(await page.locator('body.stale').count()).toBe(0)
  })

  test('says in words that it has lost the service', async () => {
    const { page } = await browser.open('/admin')
    await live(page)
    await bridge.kill()
    await page.locator('#live-state', { hasText: 'Not live since' }).waitFor()
  })
})
