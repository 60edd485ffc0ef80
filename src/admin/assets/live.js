/**
 * Everything works without this file. It tells times in the reader's zone, copies texts, and keeps marked regions up to
 * date: the server says that something has changed, and the page is fetched again.
 */

/** So that a burst of changes is one fetch. */
const SETTLE_MS = 300
/** Also without a change: relative times grow old, and of the end of an outage no change tells. */
const REFRESH_MS = 30_000

/** @type {Map<string, string>} each region's source as it was last received, by id */
const sources = new Map()

/** @param {ParentNode} part */
function tellTimes(part) {
  const today = new Date().toDateString()
  for (const time of part.querySelectorAll('time')) {
    const at = new Date(time.dateTime)
    time.title = at.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' })
    const clock = time.dataset['clock']
    if (clock === undefined) continue
    const timeStyle = clock === 'seconds' ? 'medium' : 'short'
    const isToday = at.toDateString() === today
    time.textContent = isToday
      ? at.toLocaleTimeString(undefined, { timeStyle })
      : at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle })
  }
}

/** @param {ParentNode} part */
function offerCopies(part) {
  if (!navigator.clipboard) return
  for (const button of part.querySelectorAll('button[data-copy]')) {
    if (button instanceof HTMLButtonElement) button.hidden = false
  }
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[data-copy]') : null
  const input = button?.previousElementSibling
  if (!button || !(input instanceof HTMLInputElement)) return
  input.select()
  navigator.clipboard.writeText(input.value).then(
    () => {
      button.textContent = 'Copied'
    },
    () => {
      button.textContent = 'Press Ctrl+C'
    },
  )
})

document.addEventListener('keydown', (event) => {
  const at = event.target
  const isTyping =
    at instanceof HTMLInputElement || at instanceof HTMLSelectElement || at instanceof HTMLTextAreaElement
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  document.getElementById('find')?.focus()
})

/** @param {Element} region whether a person is at work in it */
function isInUse(region) {
  const focused = document.activeElement
  const typing = focused instanceof HTMLInputElement || focused instanceof HTMLSelectElement
  return (typing && region.contains(focused)) || region.querySelector('input:checked:not([readonly])') !== null
}

/** @param {Element} old @param {Element} fresh */
function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null
  const target = focused?.getAttribute('href')
  const open = [...old.querySelectorAll('details[open]')].map(({ id }) => id)
  old.replaceWith(fresh)
  for (const id of open) if (id) document.getElementById(id)?.setAttribute('open', '')
  if (target) fresh.querySelector(`a[href="${CSS.escape(target)}"]`)?.setAttribute('data-refocus', '')
  const again = fresh.querySelector('[data-refocus]')
  if (again instanceof HTMLElement) {
    again.removeAttribute('data-refocus')
    again.focus({ preventScroll: true })
  }
  tellTimes(fresh)
  offerCopies(fresh)
}

/** @param {Document} page takes in what has changed; a list's rows stay where they are */
function takeIn(page) {
  document.title = page.title
  const icon = page.querySelector('link[rel=icon]')?.getAttribute('href')
  if (icon) document.querySelector('link[rel=icon]')?.setAttribute('href', icon)
  for (const fresh of page.querySelectorAll('[data-live]')) {
    const old = document.getElementById(fresh.id)
    if (!old || sources.get(fresh.id) === fresh.outerHTML || isInUse(old)) continue
    sources.set(fresh.id, fresh.outerHTML)
    swap(old, fresh)
  }
  takeInRows(page)
}

/** @param {ParentNode} page */
const rowsOf = (page) => [...(page.querySelector('[data-rows]')?.children ?? [])]

/** @param {Document} page takes in what has changed in rows that stand here; others are only told of */
function takeInRows(page) {
  const news = document.getElementById('news')
  if (!news) return
  const freshRows = rowsOf(page)
  const old = new Map(rowsOf(document).map((row) => [row.id, row]))
  const added = freshRows.filter(({ id }) => !old.has(id)).length
  for (const fresh of freshRows) {
    const row = old.get(fresh.id)
    if (!row || sources.get(fresh.id) === fresh.outerHTML || isInUse(row)) continue
    sources.set(fresh.id, fresh.outerHTML)
    swap(row, fresh)
  }
  // New rows push others out of the list; without any, what is missing no longer belongs to it.
  const ids = new Set(freshRows.map(({ id }) => id))
  const gone = added > 0 ? [] : rowsOf(document).filter(({ id }) => !ids.has(id))
  for (const row of rowsOf(document)) row.classList.toggle('gone', gone.includes(row))
  const text =
    added > 0
      ? `${added} new, show them`
      : gone.length > 0
        ? `${gone.length} no longer belong${gone.length === 1 ? 's' : ''} here, show what does`
        : ''
  if (news.textContent === text) return
  const link = document.createElement('a')
  link.href = location.href
  link.textContent = text
  news.replaceChildren(...(text === '' ? [] : [link]))
}

/** @param {string} state @param {boolean} isLive */
function say(state, isLive) {
  const line = document.getElementById('live-state')
  if (line && line.textContent !== state) line.textContent = state
  document.body.classList.toggle('stale', !isLive)
  if (!isLive) return
  const time = document.getElementById('live-time')
  if (time) time.textContent = new Date().toLocaleTimeString(undefined, { timeStyle: 'medium' })
}

/** @param {string} address */
function stayLive(address) {
  /** @type {EventSource | undefined} */
  let stream
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let isFetching = false

  const refresh = async () => {
    timer = undefined
    if (isFetching || document.hidden) return
    isFetching = true
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
      if (answer.ok) {
        takeIn(new DOMParser().parseFromString(await answer.text(), 'text/html'))
        say('Live,', true)
      } else say('Not live since', false)
    } catch {
      say('Not live since', false)
    } finally {
      isFetching = false
    }
  }
  const later = (ms = SETTLE_MS) => {
    if (timer === undefined) timer = setTimeout(refresh, ms)
  }
  const open = () => {
    stream ??= new EventSource(address)
    // The first message comes as soon as the server watches.
    stream.onmessage = () => later()
    stream.onerror = () => {
      say('Not live since', false)
      // A browser gives up where the answer was none, as during a restart: it is for us to ask again.
      if (stream?.readyState !== EventSource.CLOSED) return
      close()
      setTimeout(() => document.hidden || open(), 3_000)
    }
  }
  const close = () => {
    stream?.close()
    stream = undefined
  }
  // A browser has six connections for a host: hidden tabs give theirs back.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()))
  setInterval(() => later(0), REFRESH_MS)
  if (!document.hidden) open()
}

for (const region of document.querySelectorAll('[data-live], [data-rows] > *')) sources.set(region.id, region.outerHTML)
tellTimes(document)
offerCopies(document)
const zone = document.getElementById('zone')
if (zone) zone.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone
const changes = document.body.dataset['changes']
if (changes) stayLive(changes)
