/** The known word that was most likely meant by a mistyped one; upper and lower case are the same. Undefined when none is near. */
export const nearest = (word: string, known: readonly string[]): string | undefined =>
  known
    .map((candidate) => ({
      candidate,
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    // With more than half of the letters wrong, it was another word and not a typing mistake.
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 2))
    .toSorted((a, b) => a.distance - b.distance)[0]?.candidate;

/** How many letters must be changed, added or left out to turn one word into the other (Levenshtein). */
const editDistance = (from: string, to: string): number => {
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
