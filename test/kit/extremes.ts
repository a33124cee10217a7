/** The place of a value in a record. */
export type Path = readonly (string | number)[];

const deep = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 'bottom');

/** Values that a person or a hostile program may write in place of a number, a time, a text or a list; JSON allows each. */
export const extremes: readonly unknown[] = [
  1e300,
  -1e300,
  9e15,
  8.64e15,
  -1,
  0,
  -0,
  1.5,
  2 ** 31,
  2 ** 53,
  'NaN',
  'Infinity',
  '1e300',
  '',
  '0000-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00.000Z',
  '2199-06-01T00:00:00.000Z',
  'x'.repeat(300_000),
  [],
  Array.from({ length: 5_000 }, () => 1e300),
  deep(30),
  {},
  null,
  true,
];

/** Every place in a record, also those of lists and objects. */
export const pathsIn = (value: unknown, at: Path = []): readonly Path[] =>
  isBranch(value)
    ? Object.entries(value).flatMap(([name, inner]) => {
        const here = [...at, Array.isArray(value) ? Number(name) : name];
        return [here, ...pathsIn(inner, here)];
      })
    : [];

/** The value in that place. */
export const valueAt = (record: unknown, path: Path): unknown =>
  path.reduce<unknown>((of, name) => (isBranch(of) ? Reflect.get(of, name) : undefined), record);

/** The same record with another value in that place. */
export const withAt = (record: unknown, [name, ...rest]: Path, value: unknown): unknown => {
  if (name === undefined) return value;
  const inner = isBranch(record) ? Reflect.get(record, name) : undefined;
  const next = withAt(inner, rest, value);
  if (Array.isArray(record)) return record.map((one, index) => (index === name ? next : one));
  return { ...(isBranch(record) ? record : {}), [name]: next };
};

const isBranch = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
