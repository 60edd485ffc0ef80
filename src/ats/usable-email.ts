const MAX_EMAIL_LENGTH = 254

const shape = /^[^\s\p{C}@"<>(),:;[\]\\]{1,64}@([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u

/**
 * The first of the addresses that mail can be sent to, trimmed and in lower case.
 * An ATS keeps what people typed, so an entry may be blank or hold a space in its middle.
 */
export function firstUsableEmail(addresses: readonly string[]): string | undefined {
  return addresses
    .map((address) => address.trim().toLowerCase())
    .find((address) => address.length <= MAX_EMAIL_LENGTH && shape.test(address))
}
