const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time: `850 ms`, `4.2 s`, `1 min 04 s`, `2 h 05 min`, `3 d 04 h`. */
export const lengthOf = (ms: number): string => {
  const whole = Math.max(0, Math.round(ms));
  if (whole < second) return `${whole} ms`;
  if (whole < minute) return `${(Math.floor(whole / 100) / 10).toFixed(1)} s`;
  if (whole < hour)
    return `${Math.floor(whole / minute)} min ${two(Math.floor((whole % minute) / second))} s`;
  if (whole < day)
    return `${Math.floor(whole / hour)} h ${two(Math.floor((whole % hour) / minute))} min`;
  return `${Math.floor(whole / day)} d ${two(Math.floor((whole % day) / hour))} h`;
};

/** An age in one unit, for a column: `12 s`, `3 min`, `5 h`, `2 d`. */
export const ageOf = (ms: number): string => {
  const whole = Math.max(0, ms);
  if (whole < minute) return `${Math.floor(whole / second)} s`;
  if (whole < hour) return `${Math.floor(whole / minute)} min`;
  if (whole < 2 * day) return `${Math.floor(whole / hour)} h`;
  return `${Math.floor(whole / day)} d`;
};

/** A moment as the table holds it, to the second: `2026-11-24T04:12:07Z`. */
export const momentOf = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** A time of day in UTC, as the sentences of rows have it: `04:12:07`. */
export const clockOf = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** A moment relative to now: `in 12 s`, `3 min ago`, `now`. */
export const fromNow = (at: number, now: number): string => {
  if (Math.abs(at - now) < second) return 'now';
  return at > now ? `in ${ageOf(at - now)}` : `${ageOf(now - at)} ago`;
};

const two = (n: number): string => String(n).padStart(2, '0');
