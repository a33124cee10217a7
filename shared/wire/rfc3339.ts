const form =
  /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/**
 * Epoch milliseconds of a time of RFC 3339, with `Z` or an offset: `2026-12-01T06:00:00Z`. Undefined for any other text: a
 * day that the month does not have, a leap second, a time without a zone.
 */
export const rfc3339MsOf = (text: string): number | undefined => {
  const [, year, month, day] = form.exec(text) ?? [];
  if (year === undefined) return undefined;
  // JavaScript reads February 30 as March 2.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCDate() === Number(day) && date.getUTCMonth() === Number(month) - 1
    ? Date.parse(text.toUpperCase())
    : undefined;
};
