/** One item of each list in turn, until all are taken: no long list delays a short one. */
export const inTurn = <Item>(lists: readonly (readonly Item[])[]): readonly Item[] => {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat();
};
