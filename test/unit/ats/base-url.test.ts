import { expect, it } from 'vitest'
import { baseUrl } from '../../../src/ats/base-url.ts'

it.each([
  'https://ats.example.com',
  'https://ats.example.com:8443/prefix',
  'http://localhost:4001',
  'http://127.0.0.1:4001',
  'http://127.8.9.10',
  'http://[::1]:4001',
])('takes %s', (address) => {
  expect(baseUrl.safeParse(address).success).toBe(true)
})

it.each([
  ['http://ats.example.com', 'https://'],
  ['http://localhost.example.com', 'https://'],
  ['http://127.0.0.1.example.com', 'https://'],
  ['ftp://localhost', 'https://'],
  ['https://user:secret@ats.example.com', 'without user'],
  ['https://ats.example.com?x=1', 'without user'],
  ['ats.example.com', 'not an address'],
  ['', 'not an address'],
])('refuses %j and says why', (address, why) => {
  expect(baseUrl.safeParse(address).error?.issues[0]?.message).toContain(why)
})
