const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** The function that moved a row has this long to carry out its effects; then the sweep does it. */
export const outboxMs = minute;
/** A stop is due sooner: a container that should end costs money, and asking twice does no harm. */
export const stopMs = 10 * second;
/** The timeout of the function dispatch in the template: until then dispatch may still work on a LAUNCHING row. */
export const dispatchTimeoutMs = 2 * minute;
/** So long dispatch and sweep may go on with what they have read of a tool: a pin, a pause and a resume take effect within it. */
export const toolKnownMs = 5 * second;
/** The time that is added to dispatch's timeout, and the time between two calls for a launch in doubt. */
export const launchGraceMs = 30 * second;
export const launchAgainMs = minute;
/** Until then RunTask is called again, and answers whether it has the run: ECS keeps a token for at least an hour after the task's end. */
export const tokenMs = 45 * minute;
/** A run has vanished when two reads with this much time between them do not find it: reads of ECS lag. */
export const missingMs = 5 * minute;
/** StopTask is repeated each minute, and an alarm follows after fifteen minutes. */
export const stopAgainMs = minute;
export const stopOverdueMs = 15 * minute;
/** A reply that its queue has not accepted by then is given up: the publisher no longer waits for it. */
export const replyMs = day;
/** A hold with a time of its own is checked again so soon, however late that time is. */
export const holdMs = 10 * minute;
/** When a row that waits for a gate is asked by itself, where the gate was lost: so late, and so spread, that 100,000 rows cost nothing. */
export const gateLostMs = 12 * 60 * minute;
/** An invocation that touched a gate within this time need not write that again. */
export const gateTouchMs = minute;
/** A gate that no row waits for, and that was not touched for so long, is no longer looked at. */
export const gateIdleMs = 15 * minute;
/** A run that tries a closed placement for all others has this long; then another one may. */
export const probeMs = minute;
/** A placement that is closed again so soon after it opened waits longer each time. */
export const reopenedMs = 10 * minute;
/** How long a reply may wait for the tool's result, because logs lag. */
export const resultMs = minute;
/** How long events wait for the end of a log that was not asked for, because others had to be read first. */
export const unreadMs = 10 * minute;
/** `startWithin` where the tool's spec could not be read. */
export const defaultStartWithinMs = day;

/** The wait after doorbell number `rings`: 5, 10, 20, 40, then 60 minutes. */
export const ringAgainMs = (rings: number): number => doubling(5 * minute, 60 * minute, rings);

/** The wait after capacity was refused for the `times`th time in a row: 30 s doubling to 10 min. */
export const capacityMs = (times: number): number => doubling(30 * second, 10 * minute, times);

/** The wait after a failure of the release or the deployment: 1 min doubling to 10 min. */
export const repairMs = (times: number): number => doubling(minute, 10 * minute, times);

/** The wait after a run that the platform ended before it ran: 10 s doubling to 5 min. */
export const platformMs = (times: number): number => doubling(10 * second, 5 * minute, times);

/** The wait after the sweep failed on a row for the `times`th time in a row: 1 min doubling to 10 min. */
export const setbackMs = (times: number): number => doubling(minute, 10 * minute, times);

/** The wait before notice `times` + 1 of what a task waits for, where its cause changes again and again: 1 min doubling to 10 min. */
export const noticeAgainMs = (times: number): number => doubling(minute, 10 * minute, times);

/** How long a row is kept after its end: long enough for questions a quarter of a year later. */
export const keptMs = 90 * day;
/**
 * The same for a rejected message and for a cancel without a message. A publisher can make any number of them at no cost,
 * so they are kept only as long as an operator may repair the cause and redrive them.
 */
export const strangerKeptMs = 14 * day;

/** The wait after effects of an outbox failed for the `times`th time in a row: 1 min doubling to 10 min. */
export const outboxAgainMs = (times: number): number => doubling(minute, 10 * minute, times);

/** A time of day in words: `14:02:09 UTC`. */
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
