import type { Chance } from './chance.ts';
import { abortError, exceptionOf, type Send, type ServiceError, timeoutError } from './clients.ts';
import type { AwsName } from './happening.ts';
import { onAbort } from './on-abort.ts';
import type { World } from './world.ts';

/** The answer of a service to one call. */
export type Outcome =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly error: ServiceError };

/** What a service does when a call arrives. */
export type Perform = (service: AwsName, action: string, input: unknown) => Outcome;

/** The process that calls. Nothing reaches it while it is frozen, nor when it has ended. */
export interface Caller {
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
  ssm: 2,
};

/** What services answer when there are too many calls, each in its own way (aws-facts.md). */
const throttles: Readonly<Record<AwsName, readonly [ServiceError, ...ServiceError[]]>> = {
  dynamodb: [
    {
      code: 'ThrottlingException',
      message: 'Throughput exceeds the current capacity of your table or index.',
    },
    {
      code: 'ProvisionedThroughputExceededException',
      message: 'The level of configured provisioned throughput for the table was exceeded.',
    },
    {
      code: 'RequestLimitExceeded',
      message: 'Throughput exceeds the current throughput limit for your account.',
    },
  ],
  ecs: [
    { code: 'ThrottlingException', message: 'Rate exceeded' },
    { code: 'ClientException', message: 'Rate exceeded' },
    { code: 'InvalidParameterException', message: 'Rate exceeded' },
  ],
  ssm: [{ code: 'ThrottlingException', message: 'Rate exceeded' }],
  ecr: [{ code: 'ThrottlingException', message: 'Rate exceeded' }],
  eventBridge: [{ code: 'ThrottlingException', message: 'Rate exceeded' }],
};

const serverErrors: Readonly<Record<AwsName, ServiceError>> = {
  dynamodb: { code: 'InternalServerError', message: 'Internal server error', status: 500 },
  ecs: {
    code: 'ServerException',
    message: 'Service Unavailable. Please try again later.',
    status: 500,
  },
  ssm: {
    code: 'InternalServerError',
    message: 'An error occurred on the server side.',
    status: 500,
  },
  ecr: {
    code: 'ServerException',
    message: 'These errors are usually caused by a server-side issue.',
    status: 500,
  },
  eventBridge: {
    code: 'InternalException',
    message: 'This exception occurs due to unexpected causes.',
    status: 500,
  },
};

/**
 * Carries a process's calls to the services of a world. A call takes effect some time after it was sent, and is answered some time
 * after that; it is repeated with the same bytes where the SDK would repeat it. The plan's troubles and traits decide what fails.
 */
export const senderOf =
  (world: World, caller: Caller, perform: Perform): Send =>
  (service, action, input, signal) =>
    new Promise((resolve, reject) => {
      const { timeline } = world;
      const { chance, wake } = caller;
      let isSettled = false;
      const settle = (how: () => void): void =>
        wake(() => {
          if (isSettled) return;
          isSettled = true;
          cancel();
          how();
        });
      const cancel = onAbort(signal, () => settle(() => reject(abortError())));
      if (signal?.aborted) return settle(() => reject(abortError()));

      const failAt = (time: number, make: (tries: number) => Error, tries: number): void =>
        timeline.at(time, () => {
          if (isSettled) return;
          if (tries >= mostTries[service]) return settle(() => reject(make(tries)));
          attempt(timeline.now() + chance.whole(50, 1_000), tries + 1);
        });

      const attempt = (sentAt: number, tries: number): void => {
        const slowMs = world.troubleOf(service) === 'slow' ? chance.whole(500, 8_000) : 0;
        timeline.at(sentAt + chance.whole(1, 15) + slowMs, () => {
          if (isSettled && signal?.aborted && chance.is(0.5)) return;
          const now = timeline.now();
          const trouble = world.troubleOf(service);
          if (trouble === 'silent') return failAt(now + timeoutMs, timeoutError, tries);
          if (trouble === 'throttling') {
            const error = chance.pick(throttles[service]);
            return failAt(now + 5, (all) => exceptionOf(service, error, all), tries);
          }
          if (trouble === 'refusing')
            return failAt(
              now + 5,
              (all) => exceptionOf(service, serverErrors[service], all),
              tries,
            );
          const isFailing = !world.isCalm() && chance.is(world.plan.traits.serverErrors);
          const outcome =
            isFailing && chance.is(0.5)
              ? { ok: false as const, error: serverErrors[service] }
              : perform(service, action, input);
          const isLost = !world.isCalm() && chance.is(world.plan.traits.lostAnswers);
          if (trouble === 'deaf' || isLost) return failAt(now + timeoutMs, timeoutError, tries);
          if (isFailing)
            return failAt(
              now + 5,
              (all) => exceptionOf(service, serverErrors[service], all),
              tries,
            );
          timeline.at(now + chance.whole(1, 15) + slowMs, () => {
            if (outcome.ok) return settle(() => resolve(outcome.output));
            const { error } = outcome;
            const isRepeated =
              (error.status ?? 400) >= 500 ||
              /Throttl|Rate exceeded/.test(`${error.code} ${error.message}`);
            if (isRepeated)
              return failAt(timeline.now(), (all) => exceptionOf(service, error, all), tries);
            settle(() => reject(exceptionOf(service, error, tries)));
          });
        });
      };
      attempt(timeline.now(), 1);
    });
