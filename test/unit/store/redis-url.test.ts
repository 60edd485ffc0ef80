import { describe, expect, it } from 'vitest'
import { parseRedisUrl } from '../../../src/store/redis.ts'

describe('a Redis address', () => {
  it('names host and port, or the usual ones', () => {
    expect(parseRedisUrl('redis://cache.example.com:6380')).toEqual({ host: 'cache.example.com', port: 6380 })
    expect(parseRedisUrl('redis://[::1]')).toEqual({ host: '::1', port: 6379 })
  })

  it('carries user, password and database, decoded', () => {
    expect(parseRedisUrl('redis://bridge:p%40ss%2F@127.0.0.1:6379/3')).toEqual({
      ...{ host: '127.0.0.1', port: 6379, username: 'bridge', password: 'p@ss/', db: 3 },
    })
    expect(parseRedisUrl('redis://:secret@127.0.0.1/')).toEqual({ host: '127.0.0.1', port: 6379, password: 'secret' })
  })

  it('asks for TLS by rediss', () => {
    const address = parseRedisUrl('rediss://cache.example.com')
    expect(address.tls).toEqual({ servername: 'cache.example.com' })
  })

  it.each(['http://:hunter2@127.0.0.1', 'redis://:hunter2@127.0.0.1/zero', 'hunter2'])(
    'that is none is refused without being repeated',
    (text) => {
      expect(() => parseRedisUrl(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
      )
    },
  )
})
