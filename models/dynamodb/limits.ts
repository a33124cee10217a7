/** An attribute's value in DynamoDB's format: `{ S: … }`, `{ M: … }` and so on. */
type Value = unknown;
type Values = Readonly<Record<string, Value>>;

/** The keys of a table and of its indexes. */
export interface TableKeys {
  readonly table: readonly KeyPart[];
  readonly indexes: readonly { readonly name: string; readonly keys: readonly KeyPart[] }[];
}

interface KeyPart {
  readonly name: string;
  readonly kind: string;
}

const maxItemBytes = 409_600;

/** Why DynamoDB refuses an item with these attributes, in AWS's words; undefined when it accepts the item. */
export const itemRefusal = (item: Values, keys: TableKeys | undefined): string | undefined =>
  firstOf(Object.values(item), (value) => valueRefusal(value, 1)) ??
  firstOf(keys?.table ?? [], (part) => keyRefusal(part, item[part.name])) ??
  firstOf(keys?.indexes ?? [], (index) =>
    firstOf(index.keys, (part) => keyRefusal(part, item[part.name], index.name)),
  );

/** Whether an item exceeds DynamoDB's limit, counted by names and values as in its developer guide. */
export const isTooLarge = (item: Values): boolean => bytesOfMap(item) > maxItemBytes;

const firstOf = <Item>(
  items: readonly Item[],
  refusal: (item: Item) => string | undefined,
): string | undefined => {
  for (const item of items) {
    const why = refusal(item);
    if (why !== undefined) return why;
  }
  return undefined;
};

const maxDepth = 32;

const valueRefusal = (value: Value, depth: number): string | undefined => {
  if (depth > maxDepth)
    return 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
  if (!isValues(value)) return undefined;
  return (
    setRefusal(value) ??
    numberRefusal(value.N) ??
    firstOf(childrenOf(value), (child) => valueRefusal(child, depth + 1))
  );
};

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null;

const setRefusal = (value: Values): string | undefined => {
  const isEmpty = [value.SS, value.NS, value.BS].some(
    (set) => Array.isArray(set) && set.length === 0,
  );
  return isEmpty
    ? 'One or more parameter values were invalid: An string set  may not be empty'
    : undefined;
};

const numberRefusal = (text: unknown): string | undefined => {
  const size = Math.abs(Number(text ?? 0));
  if (size >= 1e126)
    return 'Number overflow. Attempting to store a number with magnitude larger than supported range';
  return size > 0 && size < 1e-130
    ? 'Number underflow. Attempting to store a number with magnitude smaller than supported range'
    : undefined;
};

const childrenOf = (value: Values): readonly Value[] => {
  if (Array.isArray(value.L)) return value.L;
  return isValues(value.M) ? Object.values(value.M) : [];
};

/** DynamoDB's quotas: partition keys of 2,048 bytes, sort keys of 1,024, values nested 32 levels deep, items of 400 KB. */
const maxKeyBytes: Readonly<Record<string, number>> = { HASH: 2048, RANGE: 1024 };

const keyRefusal = (part: KeyPart, value: Value, index?: string): string | undefined => {
  const bytes = contentBytes(value);
  if (bytes === undefined) return undefined;
  const where =
    index === undefined ? `Key: ${part.name}` : `IndexName: ${index}, IndexKey: ${part.name}`;
  if (bytes === 0) {
    const forIndex = 'A value specified for a secondary index key is not supported. ';
    return `One or more parameter values are not valid. ${index === undefined ? '' : forIndex}The AttributeValue for a key attribute cannot contain an empty string value. ${where}`;
  }
  const limit = maxKeyBytes[part.kind] ?? 0;
  return bytes > limit
    ? `One or more parameter values were invalid: Size of ${part.kind === 'HASH' ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit of ${limit} bytes. ${where}`
    : undefined;
};

/** The bytes of a text or binary value; undefined for other values. */
const contentBytes = (value: Value): number | undefined => {
  if (!isValues(value)) return undefined;
  if (typeof value.S === 'string') return textBytes(value.S);
  return value.B === undefined ? undefined : byteCount(value.B);
};

const textBytes = (text: string): number => new TextEncoder().encode(text).length;

// In JSON, bytes are base64; the SDK has them as a Uint8Array.
const byteCount = (value: unknown): number => {
  if (value instanceof Uint8Array) return value.byteLength;
  const text = String(value);
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
};

const bytesOfMap = (values: Values): number =>
  Object.entries(values).reduce((sum, [name, value]) => sum + textBytes(name) + bytesOf(value), 0);

// Developer guide, "DynamoDB item sizes and formats"; a number counts by its digits.
const bytesOf = (value: Value): number => {
  const content = contentBytes(value);
  if (content !== undefined) return content;
  if (!isValues(value)) return 0;
  if (value.N !== undefined) return Math.ceil(String(value.N).length / 2) + 1;
  if (Array.isArray(value.L)) return value.L.reduce((sum, one) => sum + 1 + bytesOf(one), 3);
  if (isValues(value.M)) return 3 + Object.keys(value.M).length + bytesOfMap(value.M);
  return 1;
};
