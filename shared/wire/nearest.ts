/** The known word that a mistyped one was most likely meant to be; upper and lower case count as the same. */
export const nearest = (word: string, known: readonly string[]): string | undefined =>
  known
    .map((candidate) => ({
      candidate,
      away: distance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    // Half the letters wrong is no typing mistake any more.
    .filter(({ candidate, away }) => away <= Math.max(2, candidate.length / 2))
    .toSorted((a, b) => a.away - b.away)[0]?.candidate;

/** How many letters must be changed, added or left out to make one word of another (Levenshtein). */
const distance = (from: string, to: string): number => {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...from].entries()) {
    const line = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const swapped = (above[column] ?? 0) + (letter === other ? 0 : 1);
      line.push(Math.min(swapped, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
};
