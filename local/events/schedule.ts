import { randomUUID } from 'node:crypto';
import type { Invoke } from '../lambda/invoke.ts';
import { eventTime } from './time.ts';

/** A rule with a schedule, and the function that it invokes. */
export interface Schedule {
  readonly ruleArn: string;
  readonly everyMs: number;
  readonly functionName: string;
  /** A constant event as JSON text. Without it the function gets EventBridge's own event. */
  readonly input: string | undefined;
}

/** Schedules run so many times faster here, so that a sweep comes within seconds instead of a minute. */
const speedUp = 12;

/** EventBridge's event of a schedule (EventBridge user guide, "Scheduled events"). */
export const scheduledEvent = (
  ruleArn: string,
  awsAccount: { readonly account: string; readonly region: string },
): object => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: awsAccount.account,
  time: eventTime(Date.now()),
  region: awsAccount.region,
  resources: [ruleArn],
  detail: {},
});

/**
 * Runs the schedules, `speedUp` times as fast as written. While a run is not over, the next one is skipped: every 5 s instead of every
 * minute, a function would often run twice at once, which does not happen on AWS.
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
    }, schedule.everyMs / speedUp);
  });
  return {
    stop: () => {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
    },
  };
};
