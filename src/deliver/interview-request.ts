import type { InterviewRequest } from '../domain/interview.ts'
import type { InterviewCase } from './obtain-interview.ts'

/** The create call's content for an application on a route. @see design.md section 6 */
export function interviewRequest({ delivery, route, application }: InterviewCase): InterviewRequest {
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
