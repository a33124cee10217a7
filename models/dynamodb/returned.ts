import type { Expressions } from './expressions/in-request.ts';
import type { Item, TableOutput } from './types.ts';

/** What a write answers for its `ReturnValues`. */
export const returnedAttributes = (
  asked: string | undefined,
  { before, after }: { readonly before: Item | undefined; readonly after: Item | null },
  expressions: Expressions,
): TableOutput => {
  switch (asked) {
    case 'ALL_OLD':
      return withAttributes(before);
    case 'ALL_NEW':
      return withAttributes(after);
    case 'UPDATED_OLD':
      return withAttributes(touched(before, expressions));
    case 'UPDATED_NEW':
      return withAttributes(touched(after, expressions));
    default:
      return {};
  }
};

/** The attributes that an update changes, or in which it changes something. */
export const topNamesOf = ({ update = [], holders }: Expressions): readonly string[] =>
  update.map(({ path: [name] }) => holders.names[String(name)] ?? String(name));

const withAttributes = (item: Item | null | undefined): TableOutput =>
  item === null || item === undefined ? {} : { Attributes: item };

const touched = (item: Item | null | undefined, expressions: Expressions): Item | undefined => {
  const names = new Set(topNamesOf(expressions));
  const some = Object.entries(item ?? {}).filter(([name]) => names.has(name));
  return some.length === 0 ? undefined : Object.fromEntries(some);
};
