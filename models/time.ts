const dayMs = 86_400_000;

/** A point in time in UTC, taken apart; `month` is 1–12. */
export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly milli: number;
}

/**
 * Epoch milliseconds as a date and time of day in UTC. The models are free of `Date`, so that no
 * clock can slip in; the day count follows Howard Hinnant's `civil_from_days`, in eras of 400 years.
 */
export const civilOf = (epochMs: number): Civil => {
  const days = Math.floor(epochMs / dayMs);
  const rest = Math.floor(epochMs - days * dayMs);
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1000) % 60,
    milli: rest % 1000,
  };
};

/** `2025-05-06T11:02:13.877Z`: what `Date.toISOString` would say. */
export const isoOf = (epochMs: number): string => {
  const at = civilOf(epochMs);
  return `${isoToTheSecond(epochMs).slice(0, -1)}.${pad(at.milli, 3)}Z`;
};

/** `2025-05-06T11:02:13Z`, as EventBridge writes the time of an event. */
export const isoToTheSecond = (epochMs: number): string => {
  const at = civilOf(epochMs);
  const date = `${pad(at.year, 4)}-${pad(at.month, 2)}-${pad(at.day, 2)}`;
  return `${date}T${pad(at.hour, 2)}:${pad(at.minute, 2)}:${pad(at.second, 2)}Z`;
};

export const pad = (value: number, width: number): string => String(value).padStart(width, '0');
