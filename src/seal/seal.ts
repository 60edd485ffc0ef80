import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_BYTES = 4

/** Encrypts small texts for the shared store, so that a leaked store does not give them away. */
export interface Seal {
  /** @param name where it will be kept; the sealed text opens under no other name */
  close(text: string, name: string): string
  /** @returns undefined for anything that was not sealed with one of the secrets under this name */
  open(sealed: string, name: string): string | undefined
  /** Whether the text was sealed with the secret that seals now. */
  isCurrent(sealed: string): boolean
}

/** Whether a text has the form of a sealed one: mark, id of the key, then nonce, tag and content. */
export function isSealed(text: string): boolean {
  return /^sealed\.[\da-f]{8}\.[\w-]+$/.test(text)
}

/**
 * A seal (AES-256-GCM, random 96-bit nonce, the name as associated data).
 * @param secrets the first one seals, each opens: two while one is being changed
 * @param purpose keeps keys that are derived (HKDF-SHA256) from one secret for several uses apart
 */
export function makeSeal(secrets: readonly [string | Buffer, ...(string | Buffer)[]], purpose: string): Seal {
  const derive = (secret: string | Buffer, what: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', what, bytes))
  const idOf = (secret: string | Buffer) => derive(secret, `${purpose}: key id`, KEY_ID_BYTES).toString('hex')
  const keys = new Map(secrets.map((secret) => [idOf(secret), derive(secret, purpose, 32)]))
  const currentId = idOf(secrets[0])
  const currentKey = derive(secrets[0], purpose, 32)

  return {
    close: (text, name) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', currentKey, iv).setAAD(Buffer.from(name))
      const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `sealed.${currentId}.${Buffer.concat([iv, cipher.getAuthTag(), content]).toString('base64url')}`
    },
    open: (sealed, name) => {
      const [, id = '', content = ''] = isSealed(sealed) ? sealed.split('.') : []
      const key = keys.get(id)
      const bytes = Buffer.from(content, 'base64url')
      if (!key || bytes.length < IV_BYTES + TAG_BYTES) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(name))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      try {
        return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined
      }
    },
    isCurrent: (sealed) => sealed.startsWith(`sealed.${currentId}.`),
  }
}
