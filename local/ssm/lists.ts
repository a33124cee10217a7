import { present } from '../../shared/core/present.ts';
import type { JsonActions } from '../endpoint/call.ts';
import { flag, type JsonObject, optionalNumber, optionalText, text } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import { described, findParameter, notFound } from './find.ts';
import { parameterFilter } from './parameter-filter.ts';
import { latestOf, type Parameters } from './parameters.ts';

/** A page of GetParameterHistory and DescribeParameters has 50 items at most (SSM API reference). */
const paging: Paging = {
  size: 'MaxResults',
  token: 'NextToken',
  usual: 50,
  most: 50,
  badToken: 'InvalidNextToken',
};

/** The calls of SSM that answer with a page: by path, by history, and the description of all parameters. */
export const listParameters = (parameters: Parameters): JsonActions => {
  const byPath = (input: JsonObject): object => {
    const path = text(input, 'Path').replace(/\/?$/, '/');
    const recursive = flag(input, 'Recursive');
    const after = optionalText(input, 'NextToken') ?? '';
    const size = Math.min(optionalNumber(input, 'MaxResults') ?? 10, 10);
    const names = parameters
      .names()
      .filter((name) => name.startsWith(path) && name > after)
      .filter((name) => recursive || !name.slice(path.length).includes('/'))
      .sort();
    const page = names.slice(0, size);
    return {
      Parameters: page.map((name) => findParameter(parameters, name)),
      ...present({ NextToken: names.length > size ? page.at(-1) : undefined }),
    };
  };

  const history = (input: JsonObject): object => {
    const name = text(input, 'Name');
    const parameter = parameters.find(name);
    if (parameter === undefined) throw notFound(name);
    const numbers = parameter.versions.map((_, index) => parameter.first + index);
    const { items, next } = pageOf(numbers, String, { input, paging });
    return {
      Parameters: items.map((number) => described(name, parameter, number)),
      ...present({ NextToken: next }),
    };
  };

  /** Everything but the values, of the parameters that pass every filter. */
  const describeAll = (input: JsonObject): object => {
    const passes = parameterFilter(input);
    const found = parameters
      .names()
      .toSorted()
      .flatMap((name) => {
        const parameter = parameters.find(name);
        const newest = parameter?.versions.at(-1);
        return parameter && newest && passes({ name, type: newest.type })
          ? [{ name, parameter, newest }]
          : [];
      });
    const { items, next } = pageOf(found, (one) => one.name, { input, paging });
    return {
      Parameters: items.map(({ name, parameter, newest }) => {
        const { Value: _value, ...rest } = described(name, parameter, latestOf(parameter));
        return {
          ...rest,
          ...present({ Description: newest.description }),
          Tier: 'Standard',
          Policies: [],
        };
      }),
      ...present({ NextToken: next }),
    };
  };

  return {
    DescribeParameters: describeAll,
    GetParameterHistory: history,
    GetParametersByPath: byPath,
  };
};
