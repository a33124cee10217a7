/** The approximate size of an item, in bytes, as DynamoDB counts it: names and texts in UTF-8, a few for each number, list and map. */
export const itemBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + itemBytes(one) + 1, 3);
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .reduce((sum, [name, member]) => sum + Buffer.byteLength(name) + itemBytes(member) + 1, 3);
};
