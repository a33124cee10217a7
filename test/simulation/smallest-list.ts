/**
 * Removes as many things of a list as possible, so that `isEnough` still holds for the rest: first halves, then smaller parts, then single
 * things (delta debugging). Ends early, with what it has, when `isOver` says so.
 */
export const smallestList = async <T>(
  list: readonly T[],
  isEnough: (part: readonly T[]) => Promise<boolean>,
  isOver: () => boolean,
): Promise<readonly T[]> => {
  let rest = list;
  for (let size = Math.ceil(rest.length / 2); rest.length > 0 && !isOver(); ) {
    const before = rest.length;
    for (let at = 0; at < rest.length && !isOver(); ) {
      const part = [...rest.slice(0, at), ...rest.slice(at + size)];
      if (await isEnough(part)) rest = part;
      else at += size;
    }
    // Something that was needed may not be needed any more without the others.
    if (size === 1 && rest.length === before) break;
    size = Math.max(1, Math.min(Math.ceil(size / 2), rest.length));
  }
  return rest;
};
