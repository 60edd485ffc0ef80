import { expect, test } from 'vitest'
import { makeLinkTrust } from '../../../src/interview/link-host.ts'

const base = 'https://api.interviewflowai.com'

const isTrustedLink = (link: string, baseUrl: string, linkHosts: readonly string[]) =>
  makeLinkTrust({ baseUrl, linkHosts })(link)

test.each([
  'https://app.interviewflowai.com/form?interviewId=1',
  'https://interviewflowai.com/form',
  'https://eu.app.interviewflowai.com/x',
])('%s is the vendor’s own', (link) => {
  expect(isTrustedLink(link, base, [])).toBe(true)
})

test.each([
  'http://app.interviewflowai.com/form',
  'https://interviewflowai.com.example.com/form',
  'https://evil-interviewflowai.com/form',
  'https://app.interviewflowai.com@example.com/',
  'https://app.interviewflowai.com:8443/',
  'javascript:alert(1)',
  'not an address',
])('%s is shown to no recruiter', (link) => {
  expect(isTrustedLink(link, base, [])).toBe(false)
})

test('a host named by the operator is trusted, also over http and with a port', () => {
  expect(isTrustedLink('http://127.0.0.1:4000/form', base, ['127.0.0.1'])).toBe(true)
  expect(isTrustedLink('http://127.0.0.1:4000/form', base, ['127.0.0.1:4001'])).toBe(false)
  expect(isTrustedLink('https://links.example.com/form', base, ['links.example.com:443'])).toBe(true)
  expect(isTrustedLink('http://links.example.com/form', base, ['links.example.com:80'])).toBe(true)
  expect(isTrustedLink('http://links.example.com/form', base, ['links.example.com:443'])).toBe(false)
  expect(isTrustedLink('ftp://127.0.0.1/form', base, ['127.0.0.1'])).toBe(false)
})

test('a base URL that is an address or has no parent domain trusts its own host only', () => {
  expect(isTrustedLink('https://127.0.0.1/form', 'https://127.0.0.1:9', [])).toBe(true)
  expect(isTrustedLink('https://1.0.0.1/form', 'https://127.0.0.1:9', [])).toBe(false)
  expect(isTrustedLink('https://com/form', 'https://interviewflowai.com', [])).toBe(false)
})
