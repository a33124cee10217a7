import {
  isSame,
  type Limit,
  mostRunning,
  type NamedRun,
  type RunAtLimit,
  takenBy,
  takenIn,
} from './limit.ts';
import { fullFor, marked, openQueues, queueOf } from './limit-queues.ts';

/** How a question for a place ended. `turn`: a place is free, and others wait for it too. */
export type Answer = 'granted' | 'full' | 'turn';

/** A limit after a change, and what the change answers. */
export interface Change {
  readonly limit: Limit;
  readonly answer: Answer;
}

/** Asks for a place, before the row is LAUNCHING. A run that has one already keeps it, unless the limit was lowered below it. */
export const askPlace = (limit: Limit, run: RunAtLimit, now: number): Change => {
  const full = (of: Limit): Change => ({ limit: marked(of, run.tool, now), answer: 'full' });
  const named = limit.named.find((one) => isSame(one, run));
  if (named?.state === 'reserved' && isTooMany(limit, run)) return full(giveUp(limit, run, now));
  if (named !== undefined)
    return named.state === 'leaving' ? full(limit) : { limit, answer: 'granted' };
  if (limit.placed.some(({ key }) => key === run.key)) return { limit, answer: 'granted' };
  if (fullFor(limit, run) !== undefined) return full(limit);
  if (openQueues(limit).length > 0) return { limit, answer: 'turn' };
  return { limit: reserve(limit, run, now), answer: 'granted' };
};

/** Reserves a place. */
export const reserve = (limit: Limit, run: RunAtLimit, now: number): Limit => ({
  ...limit,
  named: [...limit.named, named(run, 'reserved', now)],
});

/** The row of a run is LAUNCHING: its name is not needed any more. */
export const confirm = (limit: Limit, run: RunAtLimit): Limit => {
  const found = limit.named.find((one) => isSame(one, run));
  if (found === undefined || found.state === 'found') return limit;
  const { key, tenant, tool } = found;
  return { ...without(limit, run), placed: [...limit.placed, { key, tenant, tool }] };
};

/** The row of a run is LAUNCHING without its place: no end frees it, so its name is kept until the sweep sees that it is over. */
export const foundLaunched = (limit: Limit, run: RunAtLimit): Limit =>
  limit.named.some((one) => isSame(one, run) && one.state !== 'found')
    ? {
        ...limit,
        named: limit.named.map((one) => (isSame(one, run) ? { ...one, state: 'found' } : one)),
      }
    : limit;

/** Its reserved place is not to be used: from now on it is not launched with it. The place still counts until `leave`. */
export const giveUp = (limit: Limit, run: RunAtLimit, now: number): Limit =>
  limit.named.some((one) => isSame(one, run) && one.state === 'reserved')
    ? {
        ...limit,
        named: limit.named.map((one) =>
          isSame(one, run) ? { ...one, state: 'leaving', since: now } : one,
        ),
      }
    : limit;

/** When the place of this run was given up; undefined while it is not. */
export const givenUpAt = (limit: Limit, run: RunAtLimit): number | undefined =>
  limit.named.find((one) => isSame(one, run) && one.state === 'leaving')?.since;

/**
 * The place of a run that was given up at this time is free, once its row was written after that. The run may have got another
 * place since, and have given up that one too: then its row is to be written again first.
 */
export const leave = (limit: Limit, run: RunAtLimit, at: number): Limit =>
  givenUpAt(limit, run) === at ? without(limit, run) : limit;

/** The run is over: its place is free. */
export const free = (limit: Limit, run: RunAtLimit): Limit => {
  const isNamed = limit.named.some((one) => isSame(one, run));
  const isPlaced = limit.placed.some(({ key }) => key === run.key);
  if (!isNamed && !isPlaced) return limit;
  const rest = without(limit, run);
  return { ...rest, placed: rest.placed.filter(({ key }) => key !== run.key) };
};

const named = (run: RunAtLimit, state: NamedRun['state'], since: number): NamedRun => ({
  taskId: run.taskId,
  run: run.run,
  key: run.key,
  tenant: run.tenant,
  tool: run.tool,
  state,
  since,
});

// The limit was lowered: who has not been launched yet is not launched.
const isTooMany = (limit: Limit, { tool, tenant }: RunAtLimit): boolean => {
  if (takenIn(limit) > limit.maxRunning) return true;
  const { maxRunning = mostRunning, maxPerTenant = mostRunning } = queueOf(limit, tool);
  return takenBy(limit, { tool }) > maxRunning || takenBy(limit, { tool, tenant }) > maxPerTenant;
};

const without = (limit: Limit, run: RunAtLimit): Limit => ({
  ...limit,
  named: limit.named.filter((one) => !isSame(one, run)),
});
