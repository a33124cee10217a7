/** Waits until `probe` returns a value, and returns it; throws with the name of the goal when that never happens. */
export const until = async <T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  withinMs = 20_000,
): Promise<T> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms for this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
