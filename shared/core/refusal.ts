import type { RefusalCause } from './fact.ts';
import { badRole, noRoom } from './start-failures.ts';

/** What ECS's words about a launch mean. A doubt is asked again with the same token; a refusal ends the call that it answers. */
export type Meaning =
  | { readonly kind: 'doubt' }
  | { readonly kind: 'refused'; readonly cause: RefusalCause };

// Throttles come as their own error, inside InvalidParameterException, and from EC2 behind ECS.
const throttled =
  /throttl|rate exceeded|request limit exceeded|too many (requests|concurrent)|slow ?down|limit exceeded for requests/i;
const passing =
  /^(ServerException|InternalFailure|InternalServer\w*|ServiceUnavailable\w*|RequestTimeout\w*|TimeoutError|AbortError|NetworkingError|ConflictException)$/;
const deployment =
  /^(AccessDenied\w*|ClusterNotFoundException|BlockedException|UnrecognizedClient\w*|InvalidClientTokenId|ExpiredToken\w*|InvalidSignature\w*|SignatureDoesNotMatch)$/;
const wrongWay =
  /^LOCATION\b|capacity provider .*(not associated|not found|does not exist)|subnet|security group/i;
const release =
  /^(PlatformTaskDefinitionIncompatibilityException|PlatformUnknownException|UnsupportedFeatureException|InvalidParameterException|ClientException|ValidationException)$/;

/**
 * The table of ECS's answers to RunTask that are not a task: by error code first where it decides alone, else by words.
 * `message` is the error's message, or a failure's reason (facts: RunTask API, api_failures_messages).
 * What no row knows is a doubt: it costs one more question, never a second container.
 */
export const refusalOf = ({
  code = '',
  message,
}: {
  readonly code?: string;
  readonly message: string;
}): Meaning => {
  if (throttled.test(code) || throttled.test(message) || passing.test(code))
    return { kind: 'doubt' };
  if (noRoom.test(message)) return { kind: 'refused', cause: 'capacity' };
  if (deployment.test(code)) return { kind: 'refused', cause: 'deployment' };
  if (wrongWay.test(message) || badRole.test(message))
    return { kind: 'refused', cause: 'deployment' };
  if (release.test(code) || /^ATTRIBUTE\b/.test(message))
    return { kind: 'refused', cause: 'release' };
  return { kind: 'doubt' };
};
