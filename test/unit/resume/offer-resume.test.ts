import { describe, expect, test } from 'vitest'
import type { NewestResume, Resumes } from '../../../src/ats/resumes.ts'
import { PermanentError, RetryableError } from '../../../src/domain/errors.ts'
import { makeOfferResume } from '../../../src/resume/offer-resume.ts'
import { makeTickets } from '../../../src/resume/tickets.ts'
import { aDelivery, MemoryCache } from '../../support/ats-tools.ts'

const publicUrl = 'https://bridge.example.com'
const file: NewestResume = { kind: 'file', resumeId: 'r1' }
const open: NonNullable<Resumes['open']> = async () => {
  throw new Error('not opened here')
}

function offering(newest: () => Promise<NewestResume | undefined>, given: { url?: string; isServed?: boolean } = {}) {
  const tickets = makeTickets(new MemoryCache())
  const offer = makeOfferResume(given.url, tickets)
  const resumes: Resumes = { newest, ...(given.isServed && { open }) }
  return { tickets, offer: (attempt = 1) => offer(aDelivery(), resumes, attempt) }
}

const failing = (error: Error) => async () => {
  throw error
}

describe('the offer of a resume', () => {
  test('is the ATS’s own address where it needs no credentials', async () => {
    const url = 'https://bucket.s3.amazonaws.com/cv.pdf'
    expect(await offering(async () => ({ kind: 'address', url })).offer()).toEqual({ url })
  })

  test('is an address of ours, with a ticket for this delivery, where the file needs our key', async () => {
    const { offer, tickets } = offering(async () => file, { url: publicUrl, isServed: true })
    const { url } = (await offer()) as { url: string }
    const [, token = ''] = /^https:\/\/bridge\.example\.com\/resumes\/([\w-]{43})$/.exec(url) ?? []
    const { connection, applicationId, id } = aDelivery()
    expect(await tickets.find(token)).toEqual({ connection, applicationId, resumeId: 'r1', deliveryId: id })
  })

  test('is none without PUBLIC_URL, and the ATS is not asked', async () => {
    expect(await offering(failing(new Error('asked')), { isServed: true }).offer()).toEqual({
      without: 'no-public-url',
    })
  })

  test('is none without a PDF, or without an ATS that has resumes', async () => {
    expect(await offering(async () => undefined).offer()).toEqual({ without: 'no-pdf' })
    const offer = makeOfferResume(publicUrl, makeTickets(new MemoryCache()))
    expect(await offer(aDelivery(), undefined, 1)).toEqual({ without: 'no-pdf' })
  })

  test('is none where the address must not be passed on, or the ATS refuses the list', async () => {
    expect(await offering(async () => ({ kind: 'untrusted-address' })).offer()).toEqual({ without: 'not-readable' })
    expect(await offering(failing(new PermanentError('ats-forbidden'))).offer()).toEqual({ without: 'not-readable' })
  })

  test('is waited for over two failed attempts and given up at the third', async () => {
    const { offer } = offering(failing(new RetryableError('ats-unavailable')))
    await expect(offer(1)).rejects.toBeInstanceOf(RetryableError)
    await expect(offer(2)).rejects.toBeInstanceOf(RetryableError)
    expect(await offer(3)).toEqual({ without: 'not-readable' })
  })

  test('is waited for as long as the ATS’s limit asks', async () => {
    const { offer } = offering(failing(new RetryableError('rate-limited', { isAttempt: false })))
    await expect(offer(30)).rejects.toBeInstanceOf(RetryableError)
  })
})
