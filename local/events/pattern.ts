import { isObject } from '../../shared/core/object.ts';
import type { JsonObject } from '../endpoint/input.ts';

/** Whether an event matches an EventBridge pattern. */
export type EventTest = (event: unknown) => boolean;

type ValueTest = (value: unknown) => boolean;

/** Reads a pattern (EventBridge user guide, "Event patterns"). An unknown matcher is refused here, not at the first event. */
export const eventTest = (pattern: unknown): EventTest => {
  if (!isObject(pattern)) throw unknownMatcher(pattern);
  const tests = Object.entries(pattern).map(([field, rule]): EventTest => {
    if (field.startsWith('$')) throw unknownMatcher({ [field]: rule });
    const test = Array.isArray(rule) ? leafTest(rule) : eventTest(rule);
    return (event) => test(isObject(event) ? event[field] : undefined);
  });
  return (event) =>
    Array.isArray(event)
      ? event.some((member) => tests.every((test) => test(member)))
      : tests.every((test) => test(event));
};

/** The error for a matcher that is not implemented here. Without it, events would be matched wrongly in silence. */
const unknownMatcher = (matcher: unknown): Error =>
  new Error(
    `EventBridge pattern: the local AWS does not understand ${JSON.stringify(matcher)}. It understands exact values, prefix, suffix, equals-ignore-case, anything-but, exists, numeric and wildcard (local/events/pattern.ts).`,
  );

/** The alternatives of one leaf; a value that is a list matches when one of its members does. */
const leafTest = (alternatives: readonly unknown[]): ValueTest => {
  const tests = alternatives.map((matcher): ValueTest => {
    const exists = existsRule(matcher);
    if (exists !== undefined) return (value) => (value !== undefined) === exists;
    const test = valueTest(matcher);
    return (value) => (Array.isArray(value) ? value.some(test) : test(value));
  });
  return (value) => tests.some((test) => test(value));
};

const existsRule = (matcher: unknown): boolean | undefined =>
  isObject(matcher) && typeof matcher.exists === 'boolean' ? matcher.exists : undefined;

const valueTest = (matcher: unknown): ValueTest => {
  if (isObject(matcher)) return objectTest(matcher);
  if (Array.isArray(matcher)) throw unknownMatcher(matcher);
  return (value) => value === matcher;
};

const isText = (value: unknown): value is string => typeof value === 'string';

const wildcard = (rule: string): ValueTest => {
  const source = rule
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const pattern = new RegExp(`^${source}$`, 's');
  return (value) => isText(value) && pattern.test(value);
};

const textMatchers: Readonly<Record<string, (rule: string) => ValueTest>> = {
  prefix: (rule) => (value) => isText(value) && value.startsWith(rule),
  suffix: (rule) => (value) => isText(value) && value.endsWith(rule),
  'equals-ignore-case': (rule) => (value) =>
    isText(value) && value.toLowerCase() === rule.toLowerCase(),
  wildcard,
};

const objectTest = (matcher: JsonObject): ValueTest => {
  const [entry, ...more] = Object.entries(matcher);
  if (entry === undefined || more.length > 0) throw unknownMatcher(matcher);
  const [kind, rule] = entry;
  const ofText = textMatchers[kind];
  if (ofText !== undefined && isText(rule)) return ofText(rule);
  if (kind === 'numeric') return numericTest(rule);
  if (kind === 'anything-but') return anythingBut(rule);
  throw unknownMatcher(matcher);
};

const operators: Readonly<Record<string, (bound: number) => (n: number) => boolean>> = {
  '=': (bound) => (n) => n === bound,
  '<': (bound) => (n) => n < bound,
  '<=': (bound) => (n) => n <= bound,
  '>': (bound) => (n) => n > bound,
  '>=': (bound) => (n) => n >= bound,
};

const numericTest = (rule: unknown): ValueTest => {
  if (!Array.isArray(rule) || rule.length === 0 || rule.length % 2 !== 0) {
    throw unknownMatcher({ numeric: rule });
  }
  const tests: ((n: number) => boolean)[] = [];
  for (let at = 0; at < rule.length; at += 2) {
    const operator = operators[String(rule[at])];
    const bound: unknown = rule[at + 1];
    if (operator === undefined || typeof bound !== 'number')
      throw unknownMatcher({ numeric: rule });
    tests.push(operator(bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
};

const anythingBut = (rule: unknown): ValueTest => {
  const excluded = Array.isArray(rule) ? rule : [rule];
  const tests = excluded.map(valueTest);
  return (value) => value !== undefined && !tests.some((test) => test(value));
};
