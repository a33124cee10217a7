import { clockTime } from './times.ts';

const dayMs = 24 * 60 * 60_000;
const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** A day and a time of day in words: `2026-12-01 06:00:00 UTC`. From 1970 on. The core has no `Date`. */
export const momentText = (at: number): string => {
  let [year, day] = [1970, Math.floor(at / dayMs)];
  for (; day >= daysOf(year); year += 1) day -= daysOf(year);
  let month = 0;
  for (const days of daysOfMonths) {
    const length = month === 1 && isLeap(year) ? 29 : days;
    if (day < length) break;
    day -= length;
    month += 1;
  }
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${year}-${two(month + 1)}-${two(day + 1)} ${clockTime(at)}`;
};

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const daysOf = (year: number): number => (isLeap(year) ? 366 : 365);
