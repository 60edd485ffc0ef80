import type { Download } from '../http/file-client.ts'

/**
 * A candidate's newest PDF resume: at an address that needs no credentials and was checked, at one that must not be
 * passed on, or a file that only the adapter can fetch.
 */
export type NewestResume =
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'untrusted-address' }
  | { readonly kind: 'file'; readonly resumeId: string }

/** An ATS's resumes, for one connection. */
export interface Resumes {
  /** @returns undefined: there is no PDF @throws RetryableError, PermanentError */
  newest(applicationId: string): Promise<NewestResume | undefined>
  /**
   * Fetches a resume of kind `file`; absent where there are none of that kind. What comes is not looked at.
   * @throws RetryableError, PermanentError
   */
  open?(applicationId: string, resumeId: string): Promise<Download>
}
