import { errorMessage } from '../core/error-message.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { eachAtMost } from './pace.ts';
import type { SendPorts } from './send-order.ts';
import { logUnreadableRow } from './with-row.ts';

const atOnce = 20;

/** Works on every item until the time is over. A failure is logged and counted, and the other items go on. */
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
    logSetback(ports, outcome.reason);
    return [];
  });
  return { answers, isCut };
};

const graceMs = 5_000;

/** The same limit, five seconds later: ECS's last answers are applied after the time is over, or a slow ECS would be asked the same in every sweep. */
export const withGrace = ({ clock }: SendPorts, isOver: () => boolean): (() => boolean) => {
  const until = clock.now() + graceMs;
  return () => isOver() && clock.now() >= until;
};

/** Counts and logs a failure in a sweep; a later sweep tries again. */
export const logSetback = ({ meter, log }: SendPorts, reason: unknown): void => {
  const why = errorMessage(reason);
  meter('SweepSetbacks');
  log('error', 'sweep.setback', { why });
  if (reason instanceof UnreadableRow) logUnreadableRow({ meter, log }, reason);
};
