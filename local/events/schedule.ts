import { randomUUID } from 'node:crypto';
import type { Invoke } from '../lambda/invoke.ts';
import { eventTime } from './time.ts';

/** A rule of time with the function that it runs. */
export interface Schedule {
  readonly ruleArn: string;
  readonly everyMs: number;
  readonly functionName: string;
  /** The constant event as JSON text; without it the function gets EventBridge's own. */
  readonly input: string | undefined;
}

/** Schedules run this much faster here, so that nobody waits a minute to see a sweep. */
const hurry = 12;

/** EventBridge's event of a schedule (EventBridge user guide, "Scheduled events"). */
export const scheduledEvent = (
  ruleArn: string,
  place: { readonly account: string; readonly region: string },
): object => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: place.account,
  time: eventTime(Date.now()),
  region: place.region,
  resources: [ruleArn],
  detail: {},
});

/**
 * Runs the schedules, `hurry` times as fast as written. A run that is not over when the next is due makes that
 * one late instead of doubling it: with 5 s instead of a minute it would meet itself, which on AWS it does not.
 */
export const startSchedules = (
  schedules: readonly Schedule[],
  parts: {
    readonly invoke: Invoke;
    readonly account: string;
    readonly region: string;
    readonly log: (line: string) => void;
  },
): { readonly stop: () => void } => {
  let stopped = false;
  const timers = schedules.map((schedule) => {
    let busy = false;
    const run = async (): Promise<void> => {
      if (busy || stopped) return;
      busy = true;
      try {
        const event = schedule.input ?? JSON.stringify(scheduledEvent(schedule.ruleArn, parts));
        const result = await parts.invoke(schedule.functionName, event);
        if (!result.ok && !stopped) {
          parts.log(
            `${schedule.functionName} failed on its schedule: ${result.payload.slice(0, 300)}`,
          );
        }
      } finally {
        busy = false;
      }
    };
    return setInterval(() => {
      run().catch((cause: unknown) => parts.log(String(cause)));
    }, schedule.everyMs / hurry);
  });
  return {
    stop: () => {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
    },
  };
};
