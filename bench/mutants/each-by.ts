/** Each worker takes the next item as soon as it is free. The answers are in the order of the items. */
export const eachBy = async <Worker, Item, Result>(
  workers: readonly Worker[],
  items: readonly Item[],
  work: (worker: Worker, item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const queue = items.entries();
  await Promise.all(
    workers.map(async (worker) => {
      for (const [index, item] of queue) results[index] = await work(worker, item);
    }),
  );
  return results;
};
