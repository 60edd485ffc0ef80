import type { GreenhouseSandbox } from '../../src/sandbox/greenhouse.ts'

/** Fills or empties an application's field, by the sandbox's own API as another integration would. */
export async function setField(
  greenhouse: GreenhouseSandbox,
  applicationId: number,
  key: string,
  value: string | null,
): Promise<void> {
  const { clientId, clientSecret } = greenhouse.credential
  const issued = await fetch(`${greenhouse.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token: token } = (await issued.json()) as { access_token: string }
  const patched = await fetch(`${greenhouse.url}/v3/applications/${applicationId}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ custom_fields: [{ name_key: key, value }] }),
  })
  if (patched.status !== 204) throw new Error(`the field was not set: ${patched.status}`)
}
