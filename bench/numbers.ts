/** The value below which `percent` of the values lie (nearest rank). NaN where there is none. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
};

/** Fewer digits, for a table. */
export const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits));
