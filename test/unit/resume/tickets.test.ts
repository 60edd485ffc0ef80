import { describe, expect, test } from 'vitest'
import { makeTickets } from '../../../src/resume/tickets.ts'
import { MemoryCache } from '../../support/ats-tools.ts'

const ticket = { connection: 'lever', applicationId: 'a', resumeId: 'r', deliveryId: 'dlv_1' }

describe('tickets for resumes', () => {
  test('a token of 256 random bits opens what it was issued for, each time another token', async () => {
    const tickets = makeTickets(new MemoryCache())
    const [one, two] = [await tickets.issue(ticket), await tickets.issue({ ...ticket, resumeId: 'r2' })]
    expect(Buffer.from(one, 'base64url')).toHaveLength(32)
    expect(one).not.toBe(two)
    expect(await tickets.find(one)).toEqual(ticket)
    expect(await tickets.find(two)).toEqual({ ...ticket, resumeId: 'r2' })
  })

  test('the store holds neither the token nor anything that finds it, for a quarter of an hour', async () => {
    const lives: number[] = []
    class Watched extends MemoryCache {
      override async set(name: string, value: string, ttlMs?: number): Promise<void> {
        lives.push(ttlMs ?? 0)
        await super.set(name, value)
      }
    }
    const cache = new Watched()
    const token = await makeTickets(cache).issue(ticket)
    expect(JSON.stringify([...cache.entries])).not.toContain(token)
    expect(lives).toEqual([900_000])
    const [name = ''] = cache.entries.keys()
    expect(await makeTickets(cache).find(name.replace('resume:', '').slice(0, 43))).toBeUndefined()
  })

  test('what is no token is not looked for', async () => {
    const cache = new MemoryCache()
    cache.get = async () => {
      throw new Error('asked')
    }
    for (const text of ['', 'a', '../x', `${'a'.repeat(43)}=`, 'ä'.repeat(43)])
      expect(await makeTickets(cache).find(text)).toBeUndefined()
  })
})
