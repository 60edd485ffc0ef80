import type { GreenhouseSandbox } from '../../src/sandbox/greenhouse.ts'

/** Empties an application's field, by the sandbox's own API as another integration would. */
export async function clearField(greenhouse: GreenhouseSandbox, applicationId: number, key: string): Promise<void> {
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
    body: JSON.stringify({ custom_fields: [{ name_key: key, value: null }] }),
  })
  if (patched.status !== 204) throw new Error(`the field was not cleared: ${patched.status}`)
}
