import { errorMessage } from '../core/error-message.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { eachAtMost } from './pace.ts';
import type { SendPorts } from './send-order.ts';
import { noteUnreadable } from './with-row.ts';

const atOnce = 20;

/** Works on every item until the time is over. What fails for one is logged and counted, and is no reason to leave the others. */
export const eachOrSetback = async <Item, Answer>(
  ports: SendPorts,
  { items, isOver }: { readonly items: readonly Item[]; readonly isOver: () => boolean },
  work: (item: Item) => Promise<Answer>,
): Promise<{ readonly answers: readonly Answer[]; readonly isCut: boolean }> => {
  let isCut = false;
  const outcomes = await eachAtMost(items, atOnce, async (item) => {
    if (!isOver()) return [await work(item)];
    isCut = true;
    return [];
  });
  const answers = outcomes.flatMap((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value;
    noteSetback(ports, outcome.reason);
    return [];
  });
  return { answers, isCut };
};

const graceMs = 5_000;

/** Whether it is too late even for what ECS has just said: it is applied though the time is over, or a slow ECS would be asked the same for ever. */
export const withGrace = ({ clock }: SendPorts, isOver: () => boolean): (() => boolean) => {
  const until = clock.now() + graceMs;
  return () => isOver() && clock.now() >= until;
};

/** Logs and counts what failed in a sweep and is tried again by a later one. */
export const noteSetback = ({ meter, log }: SendPorts, reason: unknown): void => {
  const why = errorMessage(reason);
  meter('SweepSetbacks');
  log('error', 'sweep.setback', { why });
  if (reason instanceof UnreadableRow) noteUnreadable({ meter, log }, reason);
};
