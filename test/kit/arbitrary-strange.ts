import type { Fact } from '../../shared/core/fact.ts';

/** A fact with unknown fields, in it and in each of its parts: TypeScript allows an object to have more fields than its type. */
export const withStrangeFields = (fact: Fact): Fact => widened(fact);

/** Maps whose names are data: another field would be data too. */
const maps: ReadonlySet<string> = new Set(['spec', 'definitions', 'environment']);

/** Fields of AWS's answers that Davit does not read; the first is a reserved word of DynamoDB. */
const strange = { status: 'PENDING', startedBy: 'film-1/1', createdAt: 0, canary: { a: 1 } };

const widened = <T>(value: T, name = ''): T => {
  if (!isPlain(value) || maps.has(name)) return value;
  const own = Object.entries(value).map(([key, inner]) => [key, widened(inner, key)]);
  return Object.assign(structuredClone(value), strange, Object.fromEntries(own));
};

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array);
