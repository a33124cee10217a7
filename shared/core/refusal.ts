import type { RefusalCause } from './fact.ts';
import { badRole, noRoom } from './start-failures.ts';

/** What ECS's error about a launch means. After a doubt the same call is sent again; a refusal ends the call. */
export type Meaning =
  | { readonly kind: 'doubt' }
  | { readonly kind: 'refused'; readonly cause: RefusalCause };

// A throttle may be an error of its own, a text in an InvalidParameterException, or an error of EC2 behind ECS.
const throttled =
  /throttl|rate exceeded|request limit exceeded|too many (requests|concurrent)|slow ?down|limit exceeded for requests/i;
const temporary =
  /^(ServerException|InternalFailure|InternalServer\w*|ServiceUnavailable\w*|RequestTimeout\w*|TimeoutError|AbortError|NetworkingError|ConflictException)$/;
const deployment =
  /^(AccessDenied\w*|ClusterNotFoundException|BlockedException|UnrecognizedClient\w*|InvalidClientTokenId|ExpiredToken\w*|InvalidSignature\w*|SignatureDoesNotMatch)$/;
const wrongSetup =
  /^LOCATION\b|capacity provider .*(not associated|not found|does not exist)|subnet|security group/i;
const release =
  /^(PlatformTaskDefinitionIncompatibilityException|PlatformUnknownException|UnsupportedFeatureException|InvalidParameterException|ClientException|ValidationException)$/;

/**
 * What an answer of RunTask without a task means: by its error code where that is enough, else by its words. `message` is
 * the error's message or a failure's reason (RunTask API, api_failures_messages). An unknown answer is a doubt: it costs one
 * more call, and never starts a second container.
 */
export const refusalOf = ({
  code = '',
  message,
}: {
  readonly code?: string;
  readonly message: string;
}): Meaning => {
  if (throttled.test(code) || throttled.test(message) || temporary.test(code))
    return { kind: 'doubt' };
  if (noRoom.test(message)) return { kind: 'refused', cause: 'capacity' };
  if (deployment.test(code)) return { kind: 'refused', cause: 'deployment' };
  if (wrongSetup.test(message) || badRole.test(message))
    return { kind: 'refused', cause: 'deployment' };
  if (release.test(code) || /^ATTRIBUTE\b/.test(message))
    return { kind: 'refused', cause: 'release' };
  return { kind: 'doubt' };
};
