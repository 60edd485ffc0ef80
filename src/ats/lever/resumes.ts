import { PermanentError } from '../../domain/errors.ts'
import type { Resumes } from '../resumes.ts'
import type { LeverClient } from './client.ts'
import { resumeRow, resumesPage } from './schema.ts'

const MAX_PAGES = 2

/** Resumes of a connection; their files need our key. @see lever.md section 3.2 "Resume" (read 2026-11-23) */
export function leverResumes(client: LeverClient): Resumes {
  const pathOf = (opportunityId: string) => `/opportunities/${encodeURIComponent(opportunityId)}/resumes`
  return {
    newest: async (opportunityId) => {
      const pdfs = (await readResumes(client, pathOf(opportunityId))).filter(({ isPdf }) => isPdf)
      const [newest] = pdfs.toSorted((left, right) => right.uploadedAt - left.uploadedAt)
      return newest && { kind: 'file', resumeId: newest.id }
    },
    open: async (opportunityId, resumeId) =>
      await client.download('download/resume', `${pathOf(opportunityId)}/${encodeURIComponent(resumeId)}/download`),
  }
}

interface ListedResume {
  readonly id: string
  /** By its name's ending, and Lever could read it: without that it does not serve the file. */
  readonly isPdf: boolean
  readonly uploadedAt: number
}

async function readResumes(client: LeverClient, path: string): Promise<ListedResume[]> {
  const found: ListedResume[] = []
  try {
    const listed = client.list({ operation: 'list/resumes', path, schema: resumesPage, maxPages: MAX_PAGES })
    for await (const row of listed) {
      const { data } = resumeRow.safeParse(row)
      if (!data) continue
      const { ext, status, uploadedAt } = data.file
      const isPdf = /^\.?pdf$/i.test(ext.trim()) && status === 'processed'
      found.push({ id: data.id, isPdf, uploadedAt: uploadedAt ?? data.createdAt })
    }
  } catch (error) {
    // Seen in place of an empty list.
    if (!(error instanceof PermanentError && error.status === 404)) throw error
  }
  return found
}
