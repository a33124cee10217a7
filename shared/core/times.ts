const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** How long the function that moved a row has to carry out its consequences before the sweep does. */
export const outboxMs = minute;
/** dispatch's own timeout, as the template sets it: until then a LAUNCHING row may still be in its hands. */
export const dispatchTimeoutMs = 2 * minute;
/** After dispatch must be dead, and between two looks at a launch in doubt. */
export const launchGraceMs = 30 * second;
export const launchAgainMs = minute;
/** Until then a replay of RunTask is the oracle; ECS keeps a token an hour past the task's end at the least. */
export const tokenMs = 45 * minute;
/** Two looks this far apart that do not find a run make it vanished: reads of ECS lag. */
export const missingMs = 5 * minute;
/** StopTask is asked again each minute, and somebody is told after fifteen. */
export const stopAgainMs = minute;
export const stopOverdueMs = 15 * minute;
/** A reply that its queue has not taken by then is given up: the publisher has long stopped to wait for it. */
export const replyMs = day;
/** A hold that does not know when it opens is asked again after this. */
export const holdMs = 10 * minute;
/** How long a reply may wait for the tool's result, since logs lag. */
export const resultMs = minute;
/** `startWithin` where no spec could be read. */
export const defaultStartWithinMs = day;

/** The wait after doorbell number `rings`: 5, 10, 20, 40, then 60 minutes. */
export const ringAgainMs = (rings: number): number => doubling(5 * minute, 60 * minute, rings);

/** The wait after capacity was refused for the `times`th time in a row: 30 s doubling to 10 min. */
export const capacityMs = (times: number): number => doubling(30 * second, 10 * minute, times);

/** The wait after the release or the deployment was at fault: 1 min doubling to 10 min. */
export const mendMs = (times: number): number => doubling(minute, 10 * minute, times);

/** The wait after a run that the platform ended before it ran: 10 s doubling to 5 min. */
export const platformMs = (times: number): number => doubling(10 * second, 5 * minute, times);

/** The wait after the sweep failed on a row for the `times`th time in a row: 1 min doubling to an hour. */
export const setbackMs = (times: number): number => doubling(minute, 60 * minute, times);

/** How long a row stays after its end: long enough to answer "what became of it" a quarter later. */
export const keptMs = 90 * day;
/**
 * The same of what never was a task: a rejected message, or a cancel without one. Whoever may publish makes as many as he
 * likes, at no cost of his own, so they stay only for as long as somebody may still mend the cause and redrive them.
 */
export const strangerKeptMs = 14 * day;

/** The wait after an outbox could not be emptied for the `times`th time in a row: 1 min doubling to 10 min. */
export const outboxAgainMs = (times: number): number => doubling(minute, 10 * minute, times);

/** A time of day as the sentences of a row give it: `14:02:09 UTC`. */
export const clockTime = (at: number): string => {
  const seconds = Math.floor(at / second);
  const [h, m, s] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return `${two(h)}:${two(m)}:${two(s)} UTC`;
};

/** A length of time in words: `90 s`, `15 min`, `6 h`. */
export const lasting = (ms: number): string => {
  if (ms % (60 * minute) === 0 && ms > 0) return `${ms / (60 * minute)} h`;
  if (ms % minute === 0 && ms > 0) return `${ms / minute} min`;
  return `${Math.round(ms / second)} s`;
};

/** The wait before repetition `times` (1, 2, …) that starts at `firstMs`, doubles, and stays at `mostMs`. */
const doubling = (firstMs: number, mostMs: number, times: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(30, Math.max(0, times - 1)));

const two = (n: number): string => String(n).padStart(2, '0');
