import * as v from 'valibot';
import { type Answer, fine, refused } from '../answer.ts';
import { ownOf } from '../own.ts';
import { present } from '../present.ts';
import type { Rng } from '../random.ts';
import { foundParameter, latestOf, notFound } from './find.ts';
import { parameterRefusal, typeRefusal } from './limits.ts';
import { chargedRead, fullRate, isThrottled } from './throttle.ts';
import type {
  ParameterAction,
  ParameterAnswer,
  ParameterCall,
  ParameterChange,
  ParameterOptions,
  ParameterOutput,
  ParameterState,
  ParameterVersion,
} from './types.ts';

/** No parameters. By default the reads are throttled at SSM's rate. */
export const newParameters = (options: Partial<ParameterOptions> = {}): ParameterState => ({
  options: { account: '123456789012', region: 'eu-central-1', throttled: true, ...options },
  parameters: {},
  reads: { tokens: fullRate, at: 0 },
  throttledUntil: 0,
});

/** The answer to a call, and the change that EventBridge reports when the call made one. */
export interface ParameterReaction {
  readonly state: ParameterState;
  readonly answer: ParameterAnswer;
  readonly change?: ParameterChange;
}

/** Answers one request at `now`. A refused call changes nothing but what is left of the rate. */
export const call = (
  state: ParameterState,
  { action, input }: ParameterCall,
  now: number,
  _rng?: Rng,
): ParameterReaction => {
  if (isThrottled(state, now)) return { state, answer: tooFast };
  const charged = action.startsWith('Get') ? chargedRead(state, now) : state;
  if (charged === undefined) return { state, answer: tooFast };
  return operations[action](charged, input, now);
};

/** Every call is throttled until `until`. */
export const throttle = (state: ParameterState, until: number): ParameterState => ({
  ...state,
  throttledUntil: until,
});

const tooFast = refused('ThrottlingException', 'Rate exceeded');

const invalid = (message: string) => refused('ValidationException', message);

type Operation = (state: ParameterState, input: unknown, now: number) => ParameterReaction;

/** An operation on an input that fits its schema. */
const operation =
  <const Schema extends v.GenericSchema>(
    schema: Schema,
    answer: (state: ParameterState, input: v.InferOutput<Schema>, now: number) => ParameterReaction,
  ): Operation =>
  (state, body, now) => {
    const { success, output, issues } = v.safeParse(schema, body, { abortEarly: true });
    if (success) return answer(state, output, now);
    const place = issues[0].path?.map(({ key }) => String(key)).join('.') ?? 'the input';
    return { state, answer: invalid(`1 validation error detected: ${place} ${issues[0].message}`) };
  };

const text = v.string('must be a string');
const flag = v.optional(v.boolean('must be a boolean'));

const reading = (state: ParameterState, answer: Answer<ParameterOutput>): ParameterReaction => ({
  state,
  answer,
});

const getParameter = operation(v.object({ Name: text }), (state, { Name }) => {
  const found = foundParameter(state, Name);
  return reading(state, found.ok ? fine({ Parameter: found.output }) : found);
});

const namesRule = v.pipe(
  v.array(text, 'must be a list'),
  v.minLength(1, 'must have 1 to 10 names'),
  v.maxLength(10, 'must have 1 to 10 names'),
);

const getParameters = operation(v.object({ Names: namesRule }), (state, { Names }) => {
  const found = Names.map((name) => ({ name, answer: foundParameter(state, name) }));
  return reading(
    state,
    fine({
      Parameters: found.flatMap(({ answer }) => (answer.ok ? [answer.output] : [])),
      InvalidParameters: found.flatMap(({ name, answer }) => (answer.ok ? [] : [name])),
    }),
  );
});

const byPathInput = v.object({
  Path: v.pipe(text, v.startsWith('/', 'must begin with a slash')),
  Recursive: flag,
  NextToken: v.optional(text),
  MaxResults: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.minValue(1, 'must be 1 to 10'),
      v.maxValue(10, 'must be 1 to 10'),
    ),
  ),
});

const getParametersByPath = operation(byPathInput, (state, input) => {
  const { NextToken: after = '', MaxResults: size = 10 } = input;
  const path = input.Path.replace(/\/?$/, '/');
  const names = Object.keys(state.parameters)
    .filter((name) => name.startsWith(path) && name > after)
    .filter((name) => input.Recursive === true || !name.slice(path.length).includes('/'))
    .sort();
  const page = names.slice(0, size);
  const found = page.flatMap((name) => {
    const answer = foundParameter(state, name);
    return answer.ok ? [answer.output] : [];
  });
  const next = present({ NextToken: names.length > size ? page.at(-1) : undefined });
  return reading(state, fine({ Parameters: found, ...next }));
});

const putInput = v.object({
  Name: text,
  Value: text,
  Type: v.optional(text),
  Description: v.optional(text),
  Overwrite: flag,
});

const putParameter = operation(putInput, (state, input, now) => {
  const { Name: name, Value: value } = input;
  const before = ownOf(state.parameters, name);
  const type = input.Type ?? before?.versions.at(-1)?.type;
  const why = parameterRefusal(name, value);
  if (why !== undefined) return reading(state, invalid(why));
  if (before !== undefined && input.Overwrite !== true) return reading(state, alreadyExists);
  if (type === undefined) {
    return reading(state, invalid('A parameter type is required when you create a parameter.'));
  }
  const wrongType = typeRefusal(type);
  if (wrongType !== undefined) return reading(state, invalid(wrongType));
  const version = { value, type, modifiedAt: now, ...present({ description: input.Description }) };
  const next = withVersion(state, name, version);
  const parameter = ownOf(next.parameters, name);
  return {
    state: next,
    answer: fine({ Version: parameter === undefined ? 0 : latestOf(parameter), Tier: 'Standard' }),
    change: { operation: before === undefined ? 'Create' : 'Update', name, type },
  };
});

const alreadyExists = refused(
  'ParameterAlreadyExists',
  'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
);

const deleteParameter = operation(v.object({ Name: text }), (state, { Name: name }) => {
  const type = ownOf(state.parameters, name)?.versions.at(-1)?.type;
  if (type === undefined) return reading(state, notFound(name));
  const { [name]: _gone, ...parameters } = state.parameters;
  return {
    state: { ...state, parameters },
    answer: fine({}),
    change: { operation: 'Delete', name, type },
  };
});

/** The newest 100 versions are kept (SSM user guide). */
const maxVersions = 100;

/** Adds a version. A parameter that was deleted counts its versions from 1 again. */
const withVersion = (
  state: ParameterState,
  name: string,
  version: ParameterVersion,
): ParameterState => {
  const { first, versions } = ownOf(state.parameters, name) ?? { first: 1, versions: [] };
  const all = [...versions, version];
  const dropped = Math.max(0, all.length - maxVersions);
  const after = { first: first + dropped, versions: all.slice(dropped) };
  return { ...state, parameters: { ...state.parameters, [name]: after } };
};

const operations: Readonly<Record<ParameterAction, Operation>> = {
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  PutParameter: putParameter,
  DeleteParameter: deleteParameter,
};
