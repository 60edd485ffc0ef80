/**
 * Every reason the bridge can give, in one closed list: what happened, what to do about it, and whose it is to do.
 * Placeholders in braces come from the delivery, never from a vendor's or ATS's message: those can hold a name.
 */
export interface Reason {
  readonly happened: string
  readonly toDo: string
  readonly owner: 'recruiting' | 'it' | 'nobody'
}

const nothing = (happened: string): Reason => ({
  happened,
  toDo: 'Nothing to do.',
  owner: 'nobody',
})
const forIt = (happened: string, toDo: string): Reason => ({
  happened,
  toDo,
  owner: 'it',
})
const forRecruiting = (happened: string, toDo: string): Reason => ({
  happened,
  toDo,
  owner: 'recruiting',
})

export const deliveredReasons = {
  written: nothing('The link is on the application.'),
  'already-written': nothing('The link was on the application already; nothing was written twice.'),
}

export const retryingReasons = {
  'ats-unavailable': nothing('The ATS does not answer. It is tried again by itself.'),
  'vendor-unavailable': nothing('InterviewFlowAI does not answer. It is tried again by itself.'),
  'rate-limited': nothing('The ATS allows no more calls for the moment. It goes on by itself.'),
  'vendor-rate-limited': nothing('InterviewFlowAI allows no more calls for the moment. It is tried again by itself.'),
  'ats-refusing-key': forIt(
    'The ATS refuses our credentials. It is tried for an hour.',
    'If the credentials were changed, put the new ones into .env and restart.',
  ),
  'vendor-refusing-key': forIt(
    'InterviewFlowAI refuses our key. It is tried for an hour.',
    'If the key was changed, put the new one into INTERVIEWFLOW_API_KEY and restart.',
  ),
  'application-busy': nothing('Another delivery for the same application or person is at work. This one follows.'),
  'candidate-merged': nothing('Two candidates became one in the ATS. It goes on with the one who is left.'),
  'ats-shows-nothing': forIt(
    'The ATS answers, but shows us no applications at all.',
    'Check that the acting user is a site admin and may see this job.',
  ),
  'not-shown': nothing(
    'The ATS does not show the application of which it has told us, or its job. It is looked for again.',
  ),
  'route-unknown': nothing(
    'The replica that took it up has no such route in its bridge.yaml. Another one may; after a quarter of an hour it lapses.',
  ),
  'store-away': nothing('The store did not answer while the delivery was at work. It is tried again by itself.'),
  'internal-error': forIt(
    'The bridge made a mistake. It is tried again by itself.',
    'Report it with the log record of this delivery.',
  ),
}

export const lapsedReasons = {
  'moved-on': forRecruiting(
    'When its turn came, the candidate was no longer in the stage.',
    'Move them back if they should be interviewed.',
  ),
  'other-stage': nothing('The stage turned out to be another one than the route’s.'),
  'other-job': nothing('The application belongs to a job that the route does not cover.'),
  rejected: nothing('The application had been rejected.'),
  hired: nothing('The candidate had been hired.'),
  archived: nothing('The application had been archived.'),
  gone: forIt(
    'The application is no longer in the ATS, or is hidden from our key.',
    'If it is there, let our key see it, then try again.',
  ),
  anonymized: nothing('The person’s data was erased in the ATS. It cannot be tried again.'),
  'no-email': forRecruiting(
    'The ATS has no usable e-mail address for this candidate.',
    'Correct the address there, then try again.',
  ),
  'no-name': forRecruiting('The ATS has no name for this candidate.', 'Enter one there, then try again.'),
  'contact-forbidden': forRecruiting(
    'The ATS says that this person must not be contacted.',
    'Correct that in the ATS if it is wrong, then try again.',
  ),
  'route-removed': nothing(
    'The route was taken out of bridge.yaml, or given another stage or interviewer, while the delivery was waiting.',
  ),
}

export const deadReasons = {
  'interviewer-not-found': forIt(
    'InterviewFlowAI knows no interviewer with this id.',
    'Correct the route’s interviewer in bridge.yaml and restart. The sweep takes along whoever entered the stage in the last 48 hours; for those before run “bridge sweep --since 7d” where the service runs. Trying this one again does not help: it belongs to the old route.',
  ),
  'vendor-refused': forIt(
    'InterviewFlowAI refused the request.',
    'Check the name and e-mail in the ATS and the route’s extra fields, then try again.',
  ),
  'vendor-unauthorized': forIt(
    'InterviewFlowAI has refused our key for an hour.',
    'Put a working key into INTERVIEWFLOW_API_KEY, restart, then try again.',
  ),
  'vendor-answer-unusable': forIt(
    'InterviewFlowAI answered without a usable link, or with one on a host that is not its own.',
    'If the host is right, add it to INTERVIEWFLOW_LINK_HOSTS; then try again.',
  ),
  'interview-exists-link-unknown': forRecruiting(
    'This person has an interview with this interviewer, but its link was never told to us.',
    'Open the person in InterviewFlowAI, copy the link and give it to this delivery.',
  ),
  'link-expired': forRecruiting(
    'The person’s interview with this interviewer is so old that its link has expired.',
    'Make a new interview in InterviewFlowAI by hand and give its link to this delivery.',
  ),
  'name-mismatch': forRecruiting(
    'Another person with the same e-mail address has this interview.',
    'Correct the address on one of the two profiles, then try again.',
  ),
  'ats-unauthorized': forIt(
    'The ATS has refused our credentials for an hour.',
    'Make new credentials, put them into .env, restart, then try again.',
  ),
  'ats-forbidden': forIt(
    'The ATS does not let our key do this.',
    'Grant the missing permission (at Lever: make a new key), or let the key see the application’s job, or give the route the job’s id in place of its name; then try again.',
  ),
  'ats-refused': forIt(
    'The ATS refused the request as invalid.',
    'Send the delivery’s id and its log record to support.',
  ),
  'write-not-visible': forIt(
    'The ATS took the note with success, but does not show it.',
    'Check that our key, or the user it acts for, may write and read notes there; then try again: it is looked for first.',
  ),
  'left-alone': forRecruiting(
    'Where the link belongs, the ATS holds somebody’s own text. That was left alone, and the link stands nowhere there.',
    'Empty the field in the ATS, then try again.',
  ),
  'author-not-found': forIt(
    'The ATS has no active user with the address under which notes are to be written.',
    'Correct performAs in bridge.yaml, restart, then try again: only the writing is repeated.',
  ),
  'field-not-found': forIt(
    'The ATS has no such field for the link.',
    'Correct the key in bridge.yaml or make the field, then try again: only the writing is repeated.',
  ),
  'crashed-repeatedly': forIt(
    'The bridge stopped five times while at work on this delivery.',
    'Look at the log before each stop, then try again.',
  ),
  'attempts-exhausted': forIt(
    'It did not come through within 24 hours.',
    'See the last reason in the timeline; when that system is well again, try again.',
  ),
  'unknown-version': forIt(
    'The delivery was queued by a newer version of the bridge.',
    'Upgrade the bridge again, then try again.',
  ),
}

export const ignoredReasons = {
  ping: nothing('The ATS tested the connection.'),
  'other-event': nothing('It was not a stage change.'),
  'no-route': nothing('No route is for this stage and job.'),
  prospect: nothing('It was a prospect, who has no application for a job.'),
  malformed: forIt('It was signed, but not as documented: the ATS may have changed.', 'Report it.'),
}

export const refusedReasons = {
  'no-signature': forIt('There was no signature.', 'Set the secret in the ATS’s webhook.'),
  'malformed-signature': forIt(
    'The signature was not of the documented form.',
    'Check what stands between the ATS and the bridge.',
  ),
  'wrong-signature': forIt(
    'None of the connection’s secrets fits.',
    'Was a secret changed, or a webhook added with another one? Add it to the connection.',
  ),
}

/** What an operator is told of beside deliveries and credentials. */
export const troubleReasons = {
  silent: forIt(
    'The ATS, which used to send webhooks every day, has sent none for a working day.',
    'See whether its webhook is still switched on; bridge doctor tries the way in.',
  ),
  'sweep-gap': forIt(
    'The sweep keeps finding people whose webhook never came. They get their links, but late.',
    'See whether the ATS’s webhook is still switched on, and whether it reaches the bridge: bridge doctor.',
  ),
  'sweep-late': forIt(
    'No sweep has been carried through for half an hour, so whoever’s webhook got lost is not found.',
    'See that a worker runs; the log record “sweep failed” says why one could not be carried through.',
  ),
  stuck: forIt(
    'Deliveries whose turn has come have been waiting for more than five minutes, and none is taken up.',
    'See that a worker runs and what its /readyz says; restart it.',
  ),
  'vendor-limiting': forIt(
    'InterviewFlowAI allows no more calls, and some who wait for their link have been waiting for more than an hour.',
    'See whether your quota at InterviewFlowAI is used up, and ask for a higher limit. Each is tried for 24 hours.',
  ),
  'ats-limiting': forIt(
    'The ATS allows no more calls, and some who wait for their link have been waiting for its limit for more than 12 hours: it is used up by what waits, or by another integration with the same credentials.',
    'If nobody has moved thousands of people, give the bridge credentials that nothing else uses. Nothing is lost: each is tried for as long as it takes.',
  ),
  'store-unavailable': forIt(
    'The store does not answer. Webhooks are answered 503, and the ATSs send them again for some hours.',
    'Start the store, or correct REDIS_URL or DATABASE_URL.',
  ),
}

/** Of requests that were refused before anybody looked at a signature. */
export const requestReasons = {
  'unknown-connection': forIt(
    'There is no connection of this name.',
    'Compare the webhook’s address in the ATS with the names in bridge.yaml.',
  ),
  'not-json': {
    happened: 'The body was not JSON.',
    toDo: 'No ATS sends that: nothing to do.',
    owner: 'nobody',
  },
  'body-too-large': nothing('The body was larger than 1 MiB.'),
  'wrong-content-type': {
    happened: 'The body was not said to be JSON.',
    toDo: 'No ATS sends that: nothing to do.',
    owner: 'nobody',
  },
  unavailable: forIt(
    'The store did not answer in time.',
    'The ATS sends it again by itself. See that the store is well.',
  ),
} satisfies Readonly<Record<string, Reason>>

export type DeliveredReason = keyof typeof deliveredReasons
export type RetryingReason = keyof typeof retryingReasons
export type LapsedReason = keyof typeof lapsedReasons
export type DeadReason = keyof typeof deadReasons
export type IgnoredReason = keyof typeof ignoredReasons
export type RefusedReason = keyof typeof refusedReasons
export type RequestReason = keyof typeof requestReasons
export type TroubleReason = keyof typeof troubleReasons
export type DeliveryReason = DeliveredReason | RetryingReason | LapsedReason | DeadReason

const deliveryReasons: Readonly<Record<DeliveryReason, Reason>> = {
  ...deliveredReasons,
  ...retryingReasons,
  ...lapsedReasons,
  ...deadReasons,
}

/** The sentences of a delivery's reason. */
export function explain(reason: DeliveryReason): Reason {
  return deliveryReasons[reason]
}

/** Whether a text from outside (a query, the store) is a reason a delivery can have. */
export function isDeliveryReason(text: string): text is DeliveryReason {
  return Object.hasOwn(deliveryReasons, text)
}
