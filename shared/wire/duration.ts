const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a length of time like `250ms`, `90s`, `15m`, `6h` or `14d`; undefined for any other text. */
export const durationMsOf = (text: string): number | undefined => {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : unitMs[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
};

/** The text of a length of time, in the largest unit that divides it: `90s`, `15m`, `6h`. */
export const durationText = (ms: number): string => {
  const [unit, factor] = Object.entries(unitMs).findLast(
    ([, size]) => ms % size === 0 && ms >= size,
  ) ?? ['s', 1000];
  return `${ms / factor}${unit}`;
};
