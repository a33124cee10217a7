/** Adds a full stop where the words do not end with one. */
export const withFullStop = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`);
