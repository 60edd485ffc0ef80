/** How long an ATS's lists may lag behind its writes, milliseconds. */
export const LISTING_LAG_MS = 6_000
