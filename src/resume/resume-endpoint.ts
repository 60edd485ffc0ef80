import type { FastifyInstance, FastifyReply } from 'fastify'
import type { AtsAdapter } from '../ats/adapter.ts'
import { PermanentError, RetryableError, StoreUnavailableError } from '../domain/errors.ts'
import type { Report } from '../ops/report.ts'
import { pdfStream } from './pdf-stream.ts'
import type { Ticket, Tickets } from './tickets.ts'

export interface ResumeTools {
  readonly tickets: Tickets
  /** By connection name. */
  readonly adapters: ReadonlyMap<string, AtsAdapter>
}

const RETRY_AFTER_SECONDS = 30

/** A file of 30 MiB over a slow line. */
const STREAM_TIMEOUT_MS = 150_000

/**
 * `GET /resumes/:token`: streams the PDF that the ATS serves to our key alone. Whatever is wrong with a token, or with
 * the file behind it, the answer is the one that any unknown path gets. The path is in no log.
 */
export async function resumeEndpoint(
  app: FastifyInstance,
  { tools, report }: { tools: ResumeTools; report: Report },
): Promise<void> {
  // Fastify would answer HEAD by fetching the whole file.
  const options = { handlerTimeout: STREAM_TIMEOUT_MS, exposeHeadRoute: false }
  app.get<{ Params: { token: string } }>(
    '/resumes/:token',
    options,
    async ({ params }, reply): Promise<FastifyReply> => {
      let ticket: Ticket | undefined
      try {
        ticket = await tools.tickets.find(params.token)
        const download = ticket && (await open(ticket, tools.adapters))
        const pdf = download && (await pdfStream(download))
        if (ticket) report.resumeAsked(ticket, pdf ? 'served' : 'not-a-pdf')
        if (!download || !pdf) return reply.code(404).send({ status: 'not-found' })
        if (download.size !== undefined) void reply.header('content-length', String(download.size))
        return reply
          .type('application/pdf')
          .header('content-disposition', 'attachment; filename="resume.pdf"')
          .send(pdf)
      } catch (error) {
        if (error instanceof PermanentError) {
          if (ticket) report.resumeAsked(ticket, 'refused')
          return reply.code(404).send({ status: 'not-found' })
        }
        if (!(error instanceof StoreUnavailableError || error instanceof RetryableError)) throw error
        if (ticket) report.resumeAsked(ticket, 'unavailable')
        return reply.code(503).header('retry-after', String(RETRY_AFTER_SECONDS)).send({ status: 'unavailable' })
      }
    },
  )
}

async function open({ connection, applicationId, resumeId }: Ticket, adapters: ReadonlyMap<string, AtsAdapter>) {
  return await adapters.get(connection)?.resumes?.open?.(applicationId, resumeId)
}
