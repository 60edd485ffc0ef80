import type { atsDefinitions } from './registry.ts'

/** Where people find an application in their ATS, and what the addresses of such pages tell. */
export interface AtsProfile {
  /** The ATS as people call it. */
  readonly label: string
  /** Address of the application's page. */
  address(of: { readonly applicationId: string; readonly candidateId: string }): string
  /** Ids in a page's address; none if it is not one of the ATS's pages of a person. */
  idsIn(url: URL): PageIds
  /** Whether an application of the ATS could have this id. */
  isApplicationId(text: string): boolean
}

/** Whom a page's address names. */
export interface PageIds {
  readonly applicationId?: string
  readonly candidateId?: string
}

const isBelow = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`)

/** @see greenhouse.md and lever.md: addresses in the vendors' own examples, read 2026-11-23 */
export const atsProfiles: Readonly<Record<keyof typeof atsDefinitions, AtsProfile>> = {
  greenhouse: {
    label: 'Greenhouse',
    address: ({ applicationId, candidateId }) =>
      `https://app.greenhouse.io/people/${encodeURIComponent(candidateId)}?application_id=${encodeURIComponent(applicationId)}`,
    idsIn: (url) => {
      if (!isBelow(url.hostname, 'greenhouse.io')) return {}
      const candidateId = /\/people\/(\d+)/.exec(url.pathname)?.[1]
      const applicationId = /^\d+$/.exec(url.searchParams.get('application_id') ?? '')?.[0]
      return { ...(applicationId && { applicationId }), ...(candidateId && { candidateId }) }
    },
    isApplicationId: (text) => /^\d{1,16}$/.test(text),
  },
  lever: {
    label: 'Lever',
    address: ({ applicationId }) => `https://hire.lever.co/candidates/${encodeURIComponent(applicationId)}`,
    idsIn: (url) => {
      const opportunity = /\/candidates\/([\da-f-]{36})/i.exec(url.pathname)?.[1]
      const isTheirs = isBelow(url.hostname, 'lever.co') && opportunity !== undefined
      return isTheirs ? { applicationId: opportunity.toLowerCase() } : {}
    },
    isApplicationId: (text) => /^[\da-f-]{36}$/i.test(text),
  },
}

/** The profile of an ATS by its name; undefined for one that is no longer known. */
export function atsProfile(ats: string): AtsProfile | undefined {
  return (atsProfiles as Readonly<Record<string, AtsProfile>>)[ats]
}
