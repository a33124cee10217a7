import type { Chance } from './chance.ts';
import { abortError, exceptionOf, type Send, type ServiceError, timeoutError } from './clients.ts';
import type { AwsName } from './happening.ts';
import { type OpenCall, openCall } from './open-call.ts';
import { denial, serverErrors, throttles } from './service-errors.ts';
import type { World } from './world.ts';

/** The answer of a service to one call. */
export type Outcome =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly error: ServiceError };

/** What a service does when a call arrives. */
export type Perform = (service: AwsName, action: string, input: unknown, by: string) => Outcome;

/** The process that calls. Nothing reaches it while it is frozen, nor when it has ended. */
export interface Caller {
  /** The name of the environment. */
  readonly name: string;
  readonly chance: Chance;
  /** Continues something in the process, when the process runs. */
  readonly wake: (what: () => void) => void;
}

/** The SDK waits so long for an answer (shared/wiring/clients.ts), and tries so often. */
const timeoutMs = 10_000;
const mostTries: Readonly<Record<AwsName, number>> = {
  dynamodb: 3,
  ecr: 3,
  ecs: 2,
  eventBridge: 3,
  logs: 1,
  ssm: 2,
};

/**
 * Carries a process's calls to the services of a world. A call takes effect some time after it was sent, and is answered some time
 * after that; it is repeated with the same bytes where the SDK would repeat it. The plan's troubles and traits decide what fails.
 */
export const senderOf =
  (world: World, caller: Caller, perform: Perform): Send =>
  (service, action, input, signal) =>
    new Promise((resolve, reject) => {
      const open = openCall(caller.wake, { resolve, reject, signal });
      if (signal?.aborted) open.fail(abortError());
      else
        attempt(
          world,
          {
            service,
            caller,
            open,
            perform: () => perform(service, action, input, caller.name),
            onDenied: () => world.watchers.denied(action, input),
          },
          1,
        );
    });

interface Call {
  readonly service: AwsName;
  readonly caller: Caller;
  readonly open: OpenCall;
  readonly perform: () => Outcome;
  /** The caller has no right to do this. */
  readonly onDenied: () => void;
}

const shortMs = [1, 15] as const;

/** Sends the call for the nth time. */
const attempt = (world: World, call: Call, tries: number): void => {
  const { timeline } = world;
  const { chance } = call.caller;
  const latencyMs = call.service === 'ecs' ? world.plan.traits.ecsLatencyMs : shortMs;
  const slowMs = world.troubleOf(call.service) === 'slow' ? chance.whole(500, 8_000) : 0;
  timeline.at(timeline.now() + chance.whole(...latencyMs) + slowMs, () => {
    // An aborted call may have left the process, or not.
    if (call.open.isSettled() && call.open.signal?.aborted && chance.is(0.5)) return;
    const failure = failureBefore(world, call) ?? failureAfter(world, call, call.perform());
    if (failure.kind === 'failed') {
      const { refusalDelayMs } = world.plan.traits;
      const isLate = refusalDelayMs !== undefined && call.service === 'ecs' && !world.isCalm();
      const lateMs = isLate ? chance.whole(...refusalDelayMs) : 0;
      const afterMs = failure.afterMs + lateMs;
      return retryOrFail(world, call, { tries, ...failure, afterMs });
    }
    timeline.at(timeline.now() + chance.whole(...latencyMs) + slowMs, () =>
      call.open.succeed(failure.output),
    );
  });
};

/** How a try ended for the process: with an output, or with an error after some time. */
type Result =
  | { readonly kind: 'answered'; readonly output: unknown }
  | {
      readonly kind: 'failed';
      readonly afterMs: number;
      readonly errorOf: (tries: number) => Error;
      readonly isFinal: boolean;
    };

const refusedWith = (service: AwsName, error: ServiceError, isFinal = false): Result => ({
  kind: 'failed',
  afterMs: 5,
  errorOf: (tries) => exceptionOf(service, error, tries),
  isFinal,
});

const unanswered: Result = {
  kind: 'failed',
  afterMs: timeoutMs,
  errorOf: timeoutError,
  isFinal: false,
};

/** Why the call does not arrive. */
const failureBefore = (
  world: World,
  { service, caller: { chance }, onDenied }: Call,
): Result | undefined => {
  switch (world.troubleOf(service)) {
    case 'silent':
      return unanswered;
    case 'throttling': {
      const error = chance.pick(throttles[service]);
      return refusedWith(service, error, !isRepeated(error));
    }
    case 'refusing':
      return refusedWith(service, serverErrors[service]);
    case 'denying':
      onDenied();
      return refusedWith(service, denial, true);
    default:
      return isUnlucky(world, chance, world.plan.traits.serverErrors / 2)
        ? refusedWith(service, serverErrors[service])
        : undefined;
  }
};

/** What the process gets to know of a call that has taken effect. */
const failureAfter = (
  world: World,
  { service, caller: { chance } }: Call,
  outcome: Outcome,
): Result => {
  const { lostAnswers, serverErrors: share } = world.plan.traits;
  if (world.troubleOf(service) === 'deaf' || isUnlucky(world, chance, lostAnswers))
    return unanswered;
  if (isUnlucky(world, chance, share / 2)) return refusedWith(service, serverErrors[service]);
  if (outcome.ok) return { kind: 'answered', output: outcome.output };
  return refusedWith(service, outcome.error, !isRepeated(outcome.error));
};

/** Whether the SDK tries again: it knows a throttle by its code alone (@smithy/core, retry), so one in disguise is final. */
const isRepeated = ({ code, status = 400 }: ServiceError): boolean =>
  status >= 500 ||
  /^(ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded)$/.test(code);

const isUnlucky = (world: World, chance: Chance, share: number): boolean =>
  share > 0 && !world.isCalm() && chance.is(share);

const retryOrFail = (
  world: World,
  call: Call,
  { tries, afterMs, errorOf, isFinal }: Result & { kind: 'failed'; readonly tries: number },
): void => {
  const { timeline } = world;
  timeline.at(timeline.now() + afterMs, () => {
    if (call.open.isSettled()) return;
    if (isFinal || tries >= mostTries[call.service]) return call.open.fail(errorOf(tries));
    timeline.at(timeline.now() + call.caller.chance.whole(50, 1_000), () =>
      attempt(world, call, tries + 1),
    );
  });
};
