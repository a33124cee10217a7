/** The percentile of the values by nearest rank; NaN when there are no values. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
};

/** Rounds to `digits` decimal places, for a table. */
export const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** Reads an option's number, from 1 to `most`; throws a sentence for anything else. */
export const numberGiven = (option: string, text: string, most: number): number => {
  const given = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (given >= 1 && given <= most) return given;
  throw new Error(`${option} must be a number from 1 to ${most}, but got "${text}".`);
};
