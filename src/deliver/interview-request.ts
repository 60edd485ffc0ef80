import type { InterviewRequest } from '../domain/interview.ts'
import type { InterviewCase } from './obtain-interview.ts'

/**
 * The create call's content for an application on a route.
 * @param resumeUrl where the vendor can fetch the resume, if it is to have one
 * @see design.md section 6
 */
export function interviewRequest(
  { delivery, route, application }: Pick<InterviewCase, 'delivery' | 'route' | 'application'>,
  resumeUrl: string | undefined,
): InterviewRequest {
  const { status, skills, customQuestions, applicationIdField } = route
  const additionalFields = {
    ...route.additionalFields,
    ...(applicationIdField !== undefined && { [applicationIdField]: application.id }),
  }
  return {
    interviewer: route.interviewer,
    name: application.name,
    email: application.email,
    ...(status && { status }),
    ...(resumeUrl !== undefined && { resumeUrl }),
    ...(skills && { skills }),
    ...(customQuestions && { customQuestions }),
    ...(Object.keys(additionalFields).length > 0 && { additionalFields }),
    metadata: {
      ats: delivery.ats,
      connection: delivery.connection,
      externalCandidateId: application.candidateId,
      externalApplicationId: application.id,
      ...(application.jobId !== undefined && { externalJobId: application.jobId }),
      deliveryId: delivery.id,
    },
  }
}
