import type { JsonService } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import {
  flag,
  isObject,
  type JsonObject,
  optionalNumber,
  optionalText,
  text,
  texts,
} from '../endpoint/input.ts';
import { readJson, writeWhole } from '../files.ts';

/** One version of a parameter. */
type Version = {
  readonly value: string;
  readonly type: string;
  readonly description: string | undefined;
  readonly modifiedAt: number;
};

/** A parameter with its newest 100 versions; `first` is the number of the oldest that is kept. */
type Parameter = { readonly first: number; readonly versions: readonly Version[] };

/** What changed, as AWS's event `Parameter Store Change` tells it: neither value nor version. */
export type ParameterChange = {
  readonly operation: 'Create' | 'Update' | 'Delete';
  readonly name: string;
  readonly type: string;
};

/** The parameter store: the service for the endpoint, and what the stack itself puts and reads. */
export type ParameterStore = {
  readonly service: JsonService;
  readonly get: (name: string) => string | undefined;
  /** Puts a parameter of the template; silent, and nothing when it has that value already. */
  readonly provide: (name: string, value: string) => void;
};

/** Standard parameters: 4 KB, names of [A-Za-z0-9_.-/], at most 15 levels, the newest 100 versions (SSM user guide). */
const maxValueBytes = 4096;
const maxVersions = 100;
const namePattern = /^[A-Za-z0-9_.\-/]{1,1011}$/;

const parametersOf = (saved: unknown): Map<string, Parameter> => {
  const entries = isObject(saved) ? Object.entries(saved) : [];
  return new Map(
    entries.filter((entry): entry is [string, Parameter] => {
      const value: unknown = entry[1];
      return isObject(value) && Array.isArray(value.versions) && typeof value.first === 'number';
    }),
  );
};

const checkName = (name: string): void => {
  const deep = name.split('/').length > 16;
  if (namePattern.test(name) && !deep && !/^\/?(aws|ssm)/i.test(name)) return;
  throw new AwsError(
    'ValidationException',
    `Parameter name "${name}": only a mix of letters, numbers and the symbols .-_ is allowed, in at most 15 levels, and no prefix "aws" or "ssm".`,
  );
};

const checkValue = (value: string): void => {
  if (Buffer.byteLength(value) > maxValueBytes) {
    throw new AwsError(
      'ValidationException',
      `Standard tier parameters support a maximum parameter value of ${maxValueBytes} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`,
    );
  }
};

/** Opens the parameter store that is kept in one JSON file; each change is told to `changed` after it is saved. */
export const openParameters = (options: {
  readonly path: string;
  readonly arnPrefix: string;
  readonly changed: (change: ParameterChange) => void;
}): ParameterStore => {
  const parameters = parametersOf(readJson(options.path));
  const save = (): void => writeWhole(options.path, JSON.stringify(Object.fromEntries(parameters)));

  const latest = (parameter: Parameter): number => parameter.first + parameter.versions.length - 1;

  const arnOf = (name: string): string =>
    `${options.arnPrefix}${name.startsWith('/') ? name : `/${name}`}`;

  const described = (name: string, parameter: Parameter, number: number): object => {
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
      ARN: arnOf(name),
      DataType: 'text',
    };
  };

  /** `name`, `name:3` or the ARN; labels are not kept here, so a label is a version that is not found. */
  const find = (asked: string): object | undefined => {
    const [path = '', selector] = asked.replace(options.arnPrefix, '').split(':');
    const name = parameters.has(path) ? path : path.replace(/^\//, '');
    const parameter = parameters.get(name);
    if (parameter === undefined) return undefined;
    if (selector === undefined) return described(name, parameter, latest(parameter));
    return { ...described(name, parameter, Number(selector)), Selector: `:${selector}` };
  };

  const append = (name: string, version: Version): number => {
    const before = parameters.get(name) ?? { first: 1, versions: [] };
    const versions = [...before.versions, version];
    const dropped = Math.max(0, versions.length - maxVersions);
    const after = { first: before.first + dropped, versions: versions.slice(dropped) };
    parameters.set(name, after);
    save();
    return latest(after);
  };

  const put = (input: JsonObject): object => {
    const name = text(input, 'Name');
    const value = text(input, 'Value');
    checkName(name);
    checkValue(value);
    const before = parameters.get(name);
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
    const version = append(name, {
      value,
      type,
      description: optionalText(input, 'Description'),
      modifiedAt: Date.now(),
    });
    options.changed({ operation: before === undefined ? 'Create' : 'Update', name, type });
    return { Version: version, Tier: 'Standard' };
  };

  const notFound = (name: string): AwsError =>
    new AwsError('ParameterNotFound', `Parameter ${name} not found.`);

  const remove = (name: string): boolean => {
    const parameter = parameters.get(name);
    if (parameter === undefined) return false;
    parameters.delete(name);
    save();
    options.changed({
      operation: 'Delete',
      name,
      type: parameter.versions.at(-1)?.type ?? 'String',
    });
    return true;
  };

  const getMany = (input: JsonObject): object => {
    const names = texts(input, 'Names');
    if (names.length < 1 || names.length > 10) {
      throw new AwsError(
        'ValidationException',
        "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10, and at least 1",
      );
    }
    const found: object[] = [];
    const invalid: string[] = [];
    for (const name of names) {
      const parameter = findQuietly(name);
      if (parameter === undefined) invalid.push(name);
      else found.push(parameter);
    }
    return { Parameters: found, InvalidParameters: invalid };
  };

  const findQuietly = (name: string): object | undefined => {
    try {
      return find(name);
    } catch {
      return undefined;
    }
  };

  const byPath = (input: JsonObject): object => {
    const path = text(input, 'Path').replace(/\/?$/, '/');
    const recursive = flag(input, 'Recursive');
    const after = optionalText(input, 'NextToken') ?? '';
    const size = Math.min(optionalNumber(input, 'MaxResults') ?? 10, 10);
    const names = [...parameters.keys()]
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

  return {
    service: {
      PutParameter: put,
      GetParameter: (input) => {
        const name = text(input, 'Name');
        const parameter = find(name);
        if (parameter === undefined) throw notFound(name);
        return { Parameter: parameter };
      },
      GetParameters: getMany,
      GetParametersByPath: byPath,
      GetParameterHistory: (input) => {
        const name = text(input, 'Name');
        const parameter = parameters.get(name);
        if (parameter === undefined) throw notFound(name);
        return {
          Parameters: parameter.versions.map((_, index) =>
            described(name, parameter, parameter.first + index),
          ),
        };
      },
      DeleteParameter: (input) => {
        const name = text(input, 'Name');
        if (!remove(name)) throw notFound(name);
        return {};
      },
    },
    get: (name) => parameters.get(name)?.versions.at(-1)?.value,
    provide: (name, value) => {
      if (parameters.get(name)?.versions.at(-1)?.value === value) return;
      checkName(name);
      checkValue(value);
      append(name, { value, type: 'String', description: undefined, modifiedAt: Date.now() });
    },
  };
};
