import { until } from './until.ts'

/** A delivery as the admin API shows it. */
export interface ShownDelivery {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly ats: string
  readonly jobName: string | null
  readonly applicationId: string
  readonly candidateId: string
  readonly interviewLink: string | null
  readonly attempts: number
  readonly nextAttemptAt: string | null
  readonly receivedAt: string
  readonly updatedAt: string
  readonly timeline: readonly {
    readonly at: string
    readonly step: string
    readonly outcome: string
    readonly reason?: string
  }[]
}

export interface AdminClient {
  get(path: string): Promise<{ status: number; body: unknown }>
  post(path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  delivery(id: string): Promise<ShownDelivery>
  counts(): Promise<Readonly<Record<string, number>>>
  /** The delivery once it has reached a final state. */
  settled(id: string, deadlineMs?: number): Promise<ShownDelivery>
  /** The delivery once an attempt of it has failed and another is to come. */
  retrying(id: string): Promise<ShownDelivery>
  /** Waits until no delivery is queued, running or retrying. */
  quiet(deadlineMs?: number): Promise<Readonly<Record<string, number>>>
}

const finalStates = ['delivered', 'lapsed', 'dead']

/** Reads the bridge's admin API as its user does. */
export function adminClient(url: string, password: string): AdminClient {
  const headers = { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` }
  const request = async (path: string, init: RequestInit) => {
    const response = await fetch(url + path, { ...init, headers: { ...headers, ...init.headers } })
    return { status: response.status, body: (await response.json()) as unknown }
  }
  const get = (path: string) => request(path, {})
  const delivery = async (id: string) => (await get(`/api/deliveries/${id}`)).body as ShownDelivery
  const counts = async () =>
    ((await get('/api/deliveries?limit=1')).body as { counts: Readonly<Record<string, number>> }).counts
  return {
    get,
    post: (path, body) =>
      request(path, {
        method: 'POST',
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    delivery,
    counts,
    settled: (id, deadlineMs) =>
      until(async () => {
        const shown = await delivery(id)
        return finalStates.includes(shown.state) ? shown : undefined
      }, deadlineMs),
    retrying: (id) =>
      until(async () => {
        const shown = await delivery(id)
        return shown.state === 'retrying' ? shown : undefined
      }),
    quiet: (deadlineMs) =>
      until(async () => {
        const now = await counts()
        return (now['queued'] ?? 0) + (now['running'] ?? 0) + (now['retrying'] ?? 0) === 0 ? now : undefined
      }, deadlineMs),
  }
}
