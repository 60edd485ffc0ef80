import type { NewestResume, Resumes } from '../resumes.ts'
import type { HarvestClient } from './client.ts'
import { isFileAddress } from './file-address.ts'
import { attachmentRow, rows } from './schema.ts'
import type { GreenhouseSettings } from './settings.ts'
import { sharingCalls } from './sharing-calls.ts'

/** Applications that share one call; few enough for their resumes to fit on a page. */
const MAX_APPLICATIONS = 25
const MAX_PAGES = 4
const BATCH_WINDOW_MS = 10

interface ResumeFile {
  readonly applicationId: string
  readonly filename: string
  readonly url: string
  /** Epoch milliseconds, 0 where it is not said. */
  readonly createdAt: number
}

/** Resumes of a connection. The addresses are signed and good for days, so they are read anew for each delivery. */
export function greenhouseResumes(client: HarvestClient, { baseUrl }: GreenhouseSettings): Resumes {
  const filesOf = sharingCalls<readonly ResumeFile[]>(
    async (ids) => {
      const files = await listResumes(client, ids)
      return ids.map((id) => files.filter(({ applicationId }) => applicationId === id))
    },
    { maxIds: MAX_APPLICATIONS, windowMs: () => BATCH_WINDOW_MS },
  )
  return {
    newest: async (applicationId): Promise<NewestResume | undefined> => {
      const pdfs = (await filesOf(applicationId)).filter(({ filename }) => /\.pdf$/i.test(filename.trim()))
      const [newest] = pdfs.toSorted((left, right) => right.createdAt - left.createdAt)
      if (!newest) return undefined
      const { url } = newest
      return isFileAddress(url, baseUrl) ? { kind: 'address', url } : { kind: 'untrusted-address' }
    },
  }
}

/** Newest id first, as the list gives them. @see greenhouse.md sections 2.3 and 2.4 */
async function listResumes(client: HarvestClient, applicationIds: readonly string[]): Promise<ResumeFile[]> {
  const files: ResumeFile[] = []
  const ids = [...new Set(applicationIds)].join(',')
  const attachments = client.list({
    operation: 'list/attachments',
    path: '/attachments',
    query: { application_ids: ids, type: 'resume' },
    schema: rows,
    maxPages: MAX_PAGES,
  })
  for await (const row of attachments) {
    const { data } = attachmentRow.safeParse(row)
    if (!data) continue
    const { application_id: applicationId, filename, url, created_at: createdAt } = data
    files.push({ applicationId, filename, url, createdAt: Date.parse(createdAt ?? '') || 0 })
  }
  return files
}
