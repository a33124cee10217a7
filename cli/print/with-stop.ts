/** Words at the end of a sentence, with one full stop: they may be a sentence themselves, and have one. */
export const withStop = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`);
