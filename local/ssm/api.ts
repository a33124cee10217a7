import type { JsonService } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import {
  flag,
  type JsonObject,
  optionalNumber,
  optionalText,
  text,
  texts,
} from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import { parameterFilter } from './parameter-filter.ts';
import {
  checkParameter,
  checkType,
  latestOf,
  type Parameter,
  readParameters,
} from './parameters.ts';

/** What changed, as AWS's event `Parameter Store Change` tells it: neither value nor version. */
export interface ParameterChange {
  readonly operation: 'Create' | 'Update' | 'Delete';
  readonly name: string;
  readonly type: string;
}

/** The parameter store: the service for the endpoint, and what the stack itself puts and reads. */
export interface ParameterStore {
  readonly service: JsonService;
  readonly get: (name: string) => string | undefined;
  /** Puts a parameter of the template; silent, and nothing when it has that value already. */
  readonly provide: (name: string, value: string) => void;
}

/** GetParameterHistory and DescribeParameters give 50 at the most (SSM API reference). */
const fifty: Paging = {
  size: 'MaxResults',
  token: 'NextToken',
  usual: 50,
  most: 50,
  badToken: 'InvalidNextToken',
};

/** Opens the parameter store that is kept in one JSON file; each change is told to `changed` after it is saved. */
export const openParameters = (options: {
  readonly path: string;
  readonly arnPrefix: string;
  readonly changed: (change: ParameterChange) => void;
}): ParameterStore => {
  const parameters = readParameters(options.path);

  const described = (name: string, parameter: Parameter, number: number) => {
    const version = parameter.versions[number - parameter.first];
    if (version === undefined) {
      throw new AwsError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${number} of ${name}. Verify the version and try again.`,
      );
    }
    return {
      Name: name,
      Type: version.type,
      Value: version.value,
      Version: number,
      LastModifiedDate: version.modifiedAt / 1000,
      ARN: `${options.arnPrefix}${name.startsWith('/') ? '' : '/'}${name}`,
      DataType: 'text',
    };
  };

  /** `name`, `name:3` or the ARN; labels are not kept here, so a label is a version that is not found. */
  const find = (asked: string): object | undefined => {
    const [path = '', selector] = asked.replace(options.arnPrefix, '').split(':');
    const name = parameters.find(path) === undefined ? path.replace(/^\//, '') : path;
    const parameter = parameters.find(name);
    if (parameter === undefined) return undefined;
    if (selector === undefined) return described(name, parameter, latestOf(parameter));
    return { ...described(name, parameter, Number(selector)), Selector: `:${selector}` };
  };

  const put = (input: JsonObject): object => {
    const name = text(input, 'Name');
    const value = text(input, 'Value');
    checkParameter(name, value);
    const before = parameters.find(name);
    if (before !== undefined && !flag(input, 'Overwrite')) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const type = optionalText(input, 'Type') ?? before?.versions.at(-1)?.type;
    if (type === undefined) {
      throw new AwsError(
        'ValidationException',
        'A parameter type is required when you create a parameter.',
      );
    }
    checkType(type);
    const description = optionalText(input, 'Description');
    const version = parameters.append(name, { value, type, description, modifiedAt: Date.now() });
    options.changed({ operation: before === undefined ? 'Create' : 'Update', name, type });
    return { Version: version, Tier: 'Standard' };
  };

  const remove = (input: JsonObject): object => {
    const name = text(input, 'Name');
    const type = parameters.find(name)?.versions.at(-1)?.type;
    if (type === undefined) throw notFound(name);
    parameters.remove(name);
    options.changed({ operation: 'Delete', name, type });
    return {};
  };

  const getOne = (input: JsonObject): object => {
    const name = text(input, 'Name');
    const parameter = find(name);
    if (parameter === undefined) throw notFound(name);
    return { Parameter: parameter };
  };

  const findQuietly = (name: string): object | undefined => {
    try {
      return find(name);
    } catch {
      return undefined;
    }
  };

  const getMany = (input: JsonObject): object => {
    const names = texts(input, 'Names');
    if (names.length < 1 || names.length > 10) {
      throw new AwsError(
        'ValidationException',
        "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10, and at least 1",
      );
    }
    const found = names.map((name) => ({ name, parameter: findQuietly(name) }));
    return {
      Parameters: found.flatMap(({ parameter }) => parameter ?? []),
      InvalidParameters: found.flatMap((one) => (one.parameter ? [] : [one.name])),
    };
  };

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
    const last = page.at(-1);
    return {
      Parameters: page.map((name) => find(name)),
      ...(names.length > size && last !== undefined ? { NextToken: last } : {}),
    };
  };

  const history = (input: JsonObject): object => {
    const name = text(input, 'Name');
    const parameter = parameters.find(name);
    if (parameter === undefined) throw notFound(name);
    const numbers = parameter.versions.map((_, index) => parameter.first + index);
    const { items, next } = pageOf(numbers, String, { input, paging: fifty });
    return {
      Parameters: items.map((number) => described(name, parameter, number)),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  };

  /** Everything but the values, of all parameters or of those that every filter passes. */
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
    const { items, next } = pageOf(found, (one) => one.name, { input, paging: fifty });
    return {
      Parameters: items.map(({ name, parameter, newest }) => {
        const { Value: _value, ...rest } = described(name, parameter, latestOf(parameter));
        return {
          ...rest,
          ...(newest.description === undefined ? {} : { Description: newest.description }),
          Tier: 'Standard',
          Policies: [],
        };
      }),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  };

  return {
    service: {
      PutParameter: put,
      GetParameter: getOne,
      GetParameters: getMany,
      GetParametersByPath: byPath,
      GetParameterHistory: history,
      DescribeParameters: describeAll,
      DeleteParameter: remove,
    },
    get: (name) => parameters.find(name)?.versions.at(-1)?.value,
    provide: (name, value) => {
      if (parameters.find(name)?.versions.at(-1)?.value === value) return;
      checkParameter(name, value);
      const version = { value, type: 'String', description: undefined, modifiedAt: Date.now() };
      parameters.append(name, version);
    },
  };
};

const notFound = (name: string): AwsError =>
  new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
