import { isObject } from '../../shared/core/object.ts';
import { AwsError } from '../endpoint/errors.ts';
import { readJson, writeWhole } from '../machine/files.ts';

/** One version of a parameter. */
export interface ParameterVersion {
  readonly value: string;
  readonly type: string;
  readonly description: string | undefined;
  readonly modifiedAt: number;
}

/** A parameter with its newest 100 versions; `first` is the number of the oldest one. */
export interface Parameter {
  readonly first: number;
  readonly versions: readonly ParameterVersion[];
}

/** Parameters in one JSON file. Each change is saved before it can be read. */
export interface Parameters {
  readonly names: () => readonly string[];
  readonly find: (name: string) => Parameter | undefined;
  /** Adds a version, and returns its number. */
  readonly append: (name: string, version: ParameterVersion) => number;
  readonly remove: (name: string) => void;
}

/** Standard parameters: 4 KB, names of [A-Za-z0-9_.-/], at most 15 levels, the newest 100 versions (SSM user guide). */
const maxValueBytes = 4096;
const maxVersions = 100;
const namePattern = /^[A-Za-z0-9_.\-/]{1,1011}$/;

const types: readonly string[] = ['SecureString', 'StringList', 'String'];

/** Refuses a type that AWS does not accept. */
export const checkType = (type: string): void => {
  if (types.includes(type)) return;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [${types.join(', ')}]`,
  );
};

/** Refuses a name or a value that AWS does not accept. */
export const checkParameter = (name: string, value: string): void => {
  if (name.includes('/') && !name.startsWith('/')) {
    throw new AwsError('ValidationException', 'Parameter name must be a fully qualified name.');
  }
  if (/\{\{.*\}\}/s.test(value)) {
    throw new AwsError(
      'ValidationException',
      'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
    );
  }
  const deep = name.split('/').length > 16;
  if (!namePattern.test(name) || deep || /^\/?(aws|ssm)/i.test(name)) {
    throw new AwsError(
      'ValidationException',
      `Parameter name "${name}": only a mix of letters, numbers and the symbols .-_ is allowed, in at most 15 levels, and no prefix "aws" or "ssm".`,
    );
  }
  if (Buffer.byteLength(value) > maxValueBytes) {
    throw new AwsError(
      'ValidationException',
      `Standard tier parameters support a maximum parameter value of ${maxValueBytes} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`,
    );
  }
};

/** The number of the newest version. */
export const latestOf = (parameter: Parameter): number =>
  parameter.first + parameter.versions.length - 1;

/** Opens the parameters of a file. */
export const readParameters = (path: string): Parameters => {
  const parameters = saved(path);
  const save = (): void => writeWhole(path, JSON.stringify(Object.fromEntries(parameters)));
  return {
    names: () => [...parameters.keys()],
    find: (name) => parameters.get(name),
    append: (name, version) => {
      const before = parameters.get(name) ?? { first: 1, versions: [] };
      const versions = [...before.versions, version];
      const dropped = Math.max(0, versions.length - maxVersions);
      const after = { first: before.first + dropped, versions: versions.slice(dropped) };
      parameters.set(name, after);
      save();
      return latestOf(after);
    },
    remove: (name) => {
      parameters.delete(name);
      save();
    },
  };
};

const saved = (path: string): Map<string, Parameter> => {
  const file = readJson(path);
  return new Map(
    Object.entries(isObject(file) ? file : {}).filter((entry): entry is [string, Parameter] => {
      const value: unknown = entry[1];
      return isObject(value) && Array.isArray(value.versions) && typeof value.first === 'number';
    }),
  );
};
