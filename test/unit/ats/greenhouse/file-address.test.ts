import { describe, expect, test } from 'vitest'
import { isFileAddress } from '../../../../src/ats/greenhouse/file-address.ts'

const base = 'https://harvest.greenhouse.io'

describe('the address of a Greenhouse file', () => {
  test.each([
    'https://grnhse-prod-jben-us-east-1.s3.amazonaws.com/person_attachments/data/1/original/cv.pdf?X-Amz-Signature=a',
    'https://prod-heroku.s3.us-east-1.amazonaws.com/cv.pdf',
    'https://s3-us-west-2.amazonaws.com/bucket/cv.pdf',
    'https://bucket.s3.dualstack.eu-central-1.amazonaws.com/cv.pdf',
    'https://bucket.s3-accelerate.amazonaws.com/cv.pdf',
    'https://harvest.greenhouse.io/files/1',
  ])('may be passed on: %s', (address) => {
    expect(isFileAddress(address, base)).toBe(true)
  })

  test.each([
    'http://bucket.s3.amazonaws.com/cv.pdf',
    'https://bucket.s3.amazonaws.com:8443/cv.pdf',
    'https://user:secret@bucket.s3.amazonaws.com/cv.pdf',
    'https://user@harvest.greenhouse.io/cv.pdf',
    'https://bucket.s3.amazonaws.com.example.com/cv.pdf',
    'https://s3.amazonaws.com@example.com/cv.pdf',
    'https://s3-evil-123456.us-east-1.elb.amazonaws.com/cv.pdf',
    'https://s3.execute-api.us-east-1.amazonaws.com/cv.pdf',
    'https://notreallys3.amazonaws.com/cv.pdf',
    'https://169.254.169.254/latest/meta-data/',
    'https://127.0.0.1/cv.pdf',
    'http://harvest.greenhouse.io/cv.pdf',
    'https://harvest.greenhouse.io:8443/cv.pdf',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//bucket.s3.amazonaws.com/cv.pdf',
    '',
  ])('is kept from the vendor: %s', (address) => {
    expect(isFileAddress(address, base)).toBe(false)
  })

  test('may be plain http on this machine, where the connection itself is', () => {
    expect(isFileAddress('http://127.0.0.1:4000/files/1', 'http://127.0.0.1:4000')).toBe(true)
    expect(isFileAddress('http://127.0.0.1:4001/files/1', 'http://127.0.0.1:4000')).toBe(false)
  })
})
