import { isTooLarge, itemRefusal } from './limits.ts';
import { reservedWords } from './reserved-words.ts';
import { namesOf, type Schema } from './schema.ts';

type Values<Value> = Readonly<Record<string, Value>>;

/** The part of UpdateItem that Davit's rows need: `SET name = :name, … REMOVE name, …`, without placeholders for names. */
export interface Update<Value> {
  readonly expression: string;
  readonly values: Values<Value>;
}

/** The result of a write: the new item, or why DynamoDB refuses it, in AWS's words. */
export type Written<Value> =
  | { readonly item: Record<string, Value> }
  | { readonly refused: string };

/** PutItem on a table with these keys. */
export const put = <Value>(item: Values<Value>, schema: Schema): Written<Value> => {
  const refused =
    itemRefusal(item, schema) ??
    (isTooLarge(item) ? 'Item size has exceeded the maximum allowed size' : undefined);
  return refused === undefined ? { item: { ...item } } : { refused };
};

/** UpdateItem of this item. */
export const update = <Value>(
  item: Values<Value>,
  { expression, values }: Update<Value>,
  schema: Schema,
): Written<Value> => {
  const read = partsOf(expression);
  if (read === undefined) return { refused: 'Invalid UpdateExpression: Syntax error' };
  const { set, remove } = read;
  const next = { ...item };
  for (const [name, place] of set) {
    const value = values[place];
    if (value === undefined)
      return {
        refused: `Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: ${place}`,
      };
    next[name] = value;
  }
  for (const name of remove) delete next[name];
  const names = [...set.map(([name]) => name), ...remove];
  const refused =
    namesRefusal(names, schema) ??
    itemRefusal(next, schema) ??
    (isTooLarge(next) ? 'Item size to update has exceeded the maximum allowed size' : undefined);
  return refused === undefined ? { item: next } : { refused };
};

const assignment = /^([A-Za-z]\w*) = (:\w+)$/;
const word = /^[A-Za-z]\w*$/;

const partsOf = (
  expression: string,
):
  | { readonly set: readonly (readonly [string, string])[]; readonly remove: readonly string[] }
  | undefined => {
  const [, sets = '', removes] = /^SET (.*?)(?: REMOVE (.*))?$/.exec(expression) ?? [];
  const set = sets.split(', ').flatMap((one) => {
    const [, name, place] = assignment.exec(one) ?? [];
    return name && place ? [[name, place] as const] : [];
  });
  const remove = removes === undefined ? [] : removes.split(', ');
  const isWhole = set.length === sets.split(', ').length && remove.every((one) => word.test(one));
  return isWhole ? { set, remove } : undefined;
};

const namesRefusal = (names: readonly string[], schema: Schema): string | undefined => {
  const reserved = names.find((name) => reservedWords.has(name.toUpperCase()));
  if (reserved !== undefined)
    return `Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: ${reserved}`;
  const key = names.find((name) => namesOf(schema.keys).includes(name));
  if (key !== undefined)
    return `One or more parameter values were invalid: Cannot update attribute ${key}. This attribute is part of the key`;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined
    ? undefined
    : `Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${twice}], path two: [${twice}]`;
};
