import { isObject } from '../object.ts';
import { numberRefusal } from './decimal.ts';
import type { KeyAttribute, Keys, Schema } from './schema.ts';
import { valueTypes } from './values.ts';

type Values = Readonly<Record<string, unknown>>;

const maxItemBytes = 409_600;

/**
 * Why DynamoDB refuses an item with these attributes, in AWS's words; undefined when it accepts the item. The attributes may be
 * a part of the item: keys that are missing are no reason.
 */
export const itemRefusal = (item: Values, schema: Schema | undefined): string | undefined => {
  for (const name in item) {
    const why = valueRefusal(item[name], 1);
    if (why !== undefined) return why;
  }
  return schema && (keysRefusal(item, schema.keys) ?? indexKeysRefusal(item, schema));
};

/** Whether an item exceeds DynamoDB's limit, counted by names and values as in its developer guide. */
export const isTooLarge = (item: Values): boolean => bytesOfMap(item) > maxItemBytes;

/** The bytes of an item's names and values, as DynamoDB counts them. */
export const bytesOfMap = (values: Values): number => {
  let sum = 0;
  for (const name in values) sum += textBytes(name) + bytesOf(values[name]);
  return sum;
};

/** Why DynamoDB refuses a key with an empty or a long value, in AWS's words. */
export const keysRefusal = (item: Values, keys: Keys, index?: string): string | undefined =>
  keyRefusal({ item, kind: 'HASH', index }, keys.partition) ??
  (keys.sort && keyRefusal({ item, kind: 'RANGE', index }, keys.sort));

const indexKeysRefusal = (item: Values, { indexes }: Schema): string | undefined => {
  for (const index of indexes) {
    const why = keysRefusal(item, index, index.name);
    if (why !== undefined) return why;
  }
  return undefined;
};

const maxDepth = 32;

const valueRefusal = (value: unknown, depth: number): string | undefined => {
  if (depth > maxDepth)
    return 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
  if (!isObject(value)) return notOneType('is empty');
  const types = Object.keys(value).filter((type) => value[type] !== undefined);
  const [type = ''] = types;
  if (types.length > 1) return notOneType('has more than one datatypes set');
  return isKnown(type) ? contentRefusal(type, value[type], depth) : notOneType('is empty');
};

const notOneType = (what: string): string =>
  `Supplied AttributeValue ${what}, must contain exactly one of the supported datatypes`;

const isKnown = (type: string): boolean => valueTypes.some((each) => each === type);

const contentRefusal = (type: string, content: unknown, depth: number): string | undefined => {
  if (type === 'N') return numberRefusal(content);
  if (type === 'SS' || type === 'NS' || type === 'BS') return setRefusal(type, content);
  if (type === 'M' && isObject(content)) return firstRefusal(Object.values(content), depth + 1);
  return type === 'L' && Array.isArray(content) ? firstRefusal(content, depth + 1) : undefined;
};

const firstRefusal = (values: readonly unknown[], depth: number): string | undefined => {
  for (const value of values) {
    const why = valueRefusal(value, depth);
    if (why !== undefined) return why;
  }
  return undefined;
};

const setRefusal = (type: 'SS' | 'NS' | 'BS', content: unknown): string | undefined => {
  const members: readonly unknown[] = Array.isArray(content) ? content : [];
  if (members.length === 0) return `One or more parameter values were invalid: ${emptySet[type]}`;
  const wrong = type === 'NS' ? members.map(numberRefusal).find((why) => why) : undefined;
  if (wrong !== undefined) return wrong;
  if (new Set(members.map(String)).size === members.length) return undefined;
  return `One or more parameter values were invalid: Input collection [${members.join(', ')}] contains duplicates.`;
};

const emptySet = {
  SS: 'An string set  may not be empty',
  NS: 'An number set  may not be empty',
  BS: 'Binary sets should not be empty',
};

/** DynamoDB's quotas: partition keys of 2,048 bytes, sort keys of 1,024, values nested 32 levels deep, items of 400 KB. */
const maxKeyBytes = { HASH: 2048, RANGE: 1024 };

interface KeyPlace {
  readonly item: Values;
  readonly kind: 'HASH' | 'RANGE';
  readonly index: string | undefined;
}

const keyRefusal = (
  { item, kind, index }: KeyPlace,
  { name }: KeyAttribute,
): string | undefined => {
  const value = item[name];
  const bytes = contentBytes(value);
  if (bytes === undefined) return undefined;
  const where = index === undefined ? `Key: ${name}` : `IndexName: ${index}, IndexKey: ${name}`;
  if (bytes === 0) {
    const forIndex = 'A value specified for a secondary index key is not supported. ';
    const type = isObject(value) && value.B !== undefined ? 'binary' : 'string';
    return `One or more parameter values are not valid. ${index === undefined ? '' : forIndex}The AttributeValue for a key attribute cannot contain an empty ${type} value. ${where}`;
  }
  const limit = maxKeyBytes[kind];
  return bytes > limit
    ? `One or more parameter values were invalid: Size of ${kind === 'HASH' ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit of ${limit} bytes. ${where}`
    : undefined;
};

/** The bytes of a text or binary value; undefined for other values. */
const contentBytes = (value: unknown): number | undefined => {
  if (!isObject(value)) return undefined;
  if (typeof value.S === 'string') return textBytes(value.S);
  return value.B === undefined ? undefined : byteCount(value.B);
};

/** In UTF-8; counted here, because an encoder would make a copy of each text. */
const textBytes = (text: string): number => {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // The two halves of a character beyond 16 bits count two bytes each.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
};

// In JSON, bytes are base64; the SDK has them as a Uint8Array.
const byteCount = (value: unknown): number => {
  if (value instanceof Uint8Array) return value.byteLength;
  const text = String(value);
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
};

// Developer guide, "DynamoDB item sizes and formats"; a number counts by its digits.
const bytesOf = (value: unknown): number => {
  const content = contentBytes(value);
  if (content !== undefined) return content;
  if (!isObject(value)) return 0;
  if (value.N !== undefined) return Math.ceil(String(value.N).length / 2) + 1;
  if (Array.isArray(value.L)) return value.L.reduce((sum, one) => sum + 1 + bytesOf(one), 3);
  if (isObject(value.M)) return 3 + Object.keys(value.M).length + bytesOfMap(value.M);
  return 1;
};
