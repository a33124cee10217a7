import * as v from 'valibot';
import { malformed, type Outcome, refused } from './errors.ts';
import type { EcsOutput } from './output.ts';
import type { Turn } from './turn.ts';

/** One operation of ECS's API, with the body of the request as it came. */
export type Operation = (turn: Turn, body: unknown) => Outcome<EcsOutput>;

/** An operation that first checks its input against a schema, and refuses a body of another shape. */
export const operation =
  <const Schema extends v.GenericSchema>(
    schema: Schema,
    answer: (turn: Turn, input: v.InferOutput<Schema>) => Outcome<EcsOutput>,
  ): Operation =>
  (turn, body) => {
    // The body itself goes on: valibot's copy of it lacks members with names like `constructor`.
    if (fits(schema, body)) return answer(turn, body);
    const { issues } = v.safeParse(schema, body, { abortEarly: true });
    return refused(malformed(issues === undefined ? '' : sentenceOf(issues[0])));
  };

const fits = <const Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): body is v.InferOutput<Schema> => v.is(schema, body);

const sentenceOf = ({ path, message }: v.BaseIssue<unknown>): string =>
  `${path === undefined ? 'the request body' : placeOf(path)} ${message}`;

/** `containerDefinitions[0].name`, as AWS writes a place in a request. */
const placeOf = (path: readonly v.IssuePathItem[]): string =>
  path
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
