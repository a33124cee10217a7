import type { Clock } from '../ports.ts';

/** Resolves when the next call may be made. */
export type Pace = () => Promise<void>;

/** At most `perSecond` calls a second, evenly spaced: ECS refuses faster calls, and a refusal costs more time than a wait. */
export const paceOf = (clock: Clock, perSecond: number): Pace => {
  const gapMs = 1000 / perSecond;
  let next = 0;
  return async () => {
    const now = clock.now();
    const at = Math.max(now, next);
    next = at + gapMs;
    if (at > now) await clock.wait(at - now);
  };
};

/** Runs `work` on every item, at most `atOnce` at the same time. An error is the result of its item, and the others go on. */
export const eachAtMost = async <Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Answer>,
): Promise<readonly PromiseSettledResult<Answer>[]> => {
  const results: PromiseSettledResult<Answer>[] = new Array(items.length);
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) {
      results[index] = await work(item).then(
        (value) => ({ status: 'fulfilled', value }),
        (reason: unknown) => ({ status: 'rejected', reason }),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
};
