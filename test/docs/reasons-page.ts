import {
  deadReasons,
  deliveredReasons,
  ignoredReasons,
  lapsedReasons,
  type Reason,
  refusedReasons,
  requestReasons,
  retryingReasons,
  troubleReasons,
} from '../../src/domain/reasons.ts'

const owners: Readonly<Record<Reason['owner'], string>> = {
  recruiting: 'Recruiting.',
  it: 'IT.',
  nobody: '',
}

/** The parts of the page, in order. */
const parts: readonly {
  readonly title: string
  readonly says: string
  readonly reasons: Readonly<Record<string, Reason>>
}[] = [
  {
    title: 'Needs you (dead)',
    says: 'Nothing more happens by itself. Once the cause is mended, *Try again* carries the delivery to its end.',
    reasons: deadReasons,
  },
  {
    title: 'Not needed (lapsed)',
    says: 'When its turn came, the delivery was no longer wanted. No interview is made any more; one made by an earlier try stays.',
    reasons: lapsedReasons,
  },
  {
    title: 'Trying again (retrying)',
    says: 'It goes on by itself, for about 24 hours in all; refused keys, and an ATS that shows nothing, for one hour; the ATS’s own limit, the store and another delivery of the same application are waited for without end.',
    reasons: retryingReasons,
  },
  { title: 'Link delivered (delivered)', says: 'All is well.', reasons: deliveredReasons },
  {
    title: 'Ignored webhooks',
    says: 'Signed by the ATS, answered 200, and of no use to us. Most webhooks of a busy account end here.',
    reasons: ignoredReasons,
  },
  {
    title: 'Refused webhooks',
    says: 'Not taken. The sender is never told which of these it was; the page *Webhooks* is.',
    reasons: { ...refusedReasons, ...requestReasons },
  },
  {
    title: 'Alerts without a delivery',
    says: 'What `ALERT_WEBHOOK_URL` tells of beside deliveries that need you.',
    reasons: troubleReasons,
  },
]

const HEAD = `# Reasons

<!-- Written by: npm run docs. The sentences are those of src/domain/reasons.ts, which pages, API, alerts and CLI use too. -->

Every reason the bridge can give: what happened, what to do, and whose it is to do. The word in the heading is the one that
the API, the metrics and the log use. What to do when you have a symptom and no reason: [trouble.md](trouble.md).
`

/** The page of all reasons, each with an anchor of its own name. */
export function reasonsPage(): string {
  const sections = parts.map(({ title, says, reasons }) => {
    const entries = Object.entries(reasons).map(([name, reason]) => entryOf(name, reason))
    return `## ${title}\n\n${says}\n\n${entries.join('\n')}`
  })
  return `${HEAD}\n${sections.join('\n')}`
}

function entryOf(name: string, { happened, toDo, owner }: Reason): string {
  const who = owners[owner]
  return `### ${name}\n\n${happened}  \n${toDo}${who === '' ? '' : ` *Whose: ${who}*`}\n`
}
