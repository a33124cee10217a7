import { percentile, rounded } from '../numbers.ts';
import { neighbour } from './plan.ts';
import type { CrowdWorld } from './world.ts';

const second = 1_000;

/** The most of these times that lie within one second. */
export const mostASecond = (times: readonly number[]): number => {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((most, at, last) => {
    while ((sorted[first] ?? at) <= at - second) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
};

/** How often a second something happened, from the first to the last time. */
export const rateOf = (times: readonly number[]): number => {
  const sorted = times.toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
  return rounded(sorted.length / Math.max(1, (last - first) / second), 1);
};

/** Sends a neighbour's task again and again. `waits` answers how long each one waited for its container, in seconds. */
export const neighboursOf = ({ timeline, send, startedAt }: CrowdWorld, name: string) => {
  const sentAt = new Map<string, number>();
  let isOver = false;
  const next = (): void => {
    if (isOver) return;
    const id = `${name}-${sentAt.size}`;
    sentAt.set(id, timeline.now());
    send(neighbour, id);
    timeline.at(timeline.now() + 5 * second, next);
  };
  next();
  const waits = (): readonly number[] =>
    [...sentAt].flatMap(([id, at]) => {
      const started = startedAt.get(`${id}/1`);
      return started === undefined ? [] : [(started - at) / second];
    });
  return {
    end: (): void => {
      isOver = true;
    },
    hasAll: () => waits().length === sentAt.size,
    waits,
  };
};

/** What the neighbours of a world wait for when nothing else happens: their median and longest wait, in seconds. */
export const neighboursAlone = async (world: CrowdWorld): Promise<readonly number[]> => {
  const alone = neighboursOf(world, 'alone');
  await world.timeline.runUntil(world.now() + 300 * second);
  alone.end();
  await world.until('every neighbour runs', alone.hasAll, 300 * second);
  await world.timeline.runUntil(world.now() + 60 * second);
  return alone.waits();
};

/** Median and longest wait, beside what they are when the neighbours are alone. */
export const waitFigures = (waits: readonly number[], alone: readonly number[]): object => ({
  "a neighbour's wait, median s": rounded(percentile(waits, 50), 1),
  'longest s': rounded(percentile(waits, 100), 1),
  'alone, median s': rounded(percentile(alone, 50), 1),
  'alone, longest s': rounded(percentile(alone, 100), 1),
});
