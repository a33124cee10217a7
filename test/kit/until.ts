/** Waits until `probe` answers something, and returns it; says what it waited for when that never comes. */
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
