import type { Journal, JournalEntry, JournalQuery } from './journal.ts'

const PAGE = 200

/** The deliveries that fit, newest first, read page by page as far as they are asked for. @throws StoreUnavailableError */
export async function* entriesOf(
  journal: Pick<Journal, 'list'>,
  filter: Omit<JournalQuery, 'limit' | 'cursor'>,
): AsyncGenerator<JournalEntry> {
  let cursor: string | undefined
  do {
    const page = await journal.list({ ...filter, limit: PAGE, ...(cursor !== undefined && { cursor }) })
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== undefined)
}
