/** What an input must look like: says what is wrong with a value, or narrows it to `T`. */
export interface Shape<T> {
  readonly fault: (value: unknown, path: string) => string | undefined;
  readonly is: (value: unknown) => value is T;
}

/** A member that may be absent. */
export interface OptionalShape<T> extends Shape<T> {
  readonly optional: true;
}

/** A body without the members that are `null`, at any depth: AWS's protocol takes them for absent. */
export const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === null || each === undefined ? [] : [[key, withoutNulls(each)]],
    ),
  );
};

type Fields = Readonly<Record<string, Shape<unknown>>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends OptionalShape<unknown> ? K : never;
}[keyof F];

/** The type that a shape promises. */
export type Told<S> = S extends Shape<infer T> ? T : never;
type ToldOf<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Told<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: Told<F[K]> };

const primitive = <T>(what: string, holds: (value: unknown) => boolean): Shape<T> =>
  shapeOf((value, path) => (holds(value) ? undefined : `${path} must be ${what}`));

const shapeOf = <T>(fault: Shape<T>['fault']): Shape<T> => ({
  fault,
  is: (value): value is T => fault(value, '') === undefined,
});

export const text: Shape<string> = primitive('a string', (value) => typeof value === 'string');
export const flag: Shape<boolean> = primitive('a boolean', (value) => typeof value === 'boolean');
export const integer: Shape<number> = primitive('an integer', (value) => Number.isInteger(value));
/** Members that are kept as they came and never read. */
export const anything: Shape<unknown> = primitive('anything', () => true);

export const optional = <T>(inner: Shape<T>): OptionalShape<T> => {
  const fault = (value: unknown, path: string) =>
    value === undefined ? undefined : inner.fault(value, path);
  return { ...shapeOf<T>(fault), optional: true };
};

export const listOf = <T>(item: Shape<T>): Shape<readonly T[]> =>
  shapeOf((value, path) =>
    Array.isArray(value)
      ? firstFault(value.map((each, at) => item.fault(each, `${path}[${at}]`)))
      : `${path} must be a list`,
  );

export const mapOf = <T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  shapeOf((value, path) =>
    isRecord(value)
      ? firstFault(Object.entries(value).map(([key, each]) => item.fault(each, `${path}.${key}`)))
      : `${path} must be an object`,
  );

/** Unknown members are let through unseen, as AWS's JSON protocol does. */
export const object = <F extends Fields>(fields: F): Shape<ToldOf<F>> =>
  shapeOf((value, path) =>
    isRecord(value)
      ? firstFault(
          Object.entries(fields).map(([key, field]) =>
            field.fault(value[key], path === '' ? key : `${path}.${key}`),
          ),
        )
      : `${path === '' ? 'the request body' : path} must be an object`,
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const firstFault = (faults: readonly (string | undefined)[]): string | undefined =>
  faults.find((fault) => fault !== undefined);
