import { AwsError } from '../endpoint/errors.ts';
import { flag, type JsonObject, optionalText, text, texts } from '../endpoint/input.ts';
import type { JsonApi } from '../service.ts';
import type { ParameterChange } from './change-event.ts';
import { findParameter, notFound } from './find.ts';
import { listParameters } from './lists.ts';
import { checkParameter, checkType, type Parameters } from './parameters.ts';

/** The calls of SSM's parameter store. Each change is saved, then reported to `changed`. */
export const ssmApi = (
  parameters: Parameters,
  changed: (change: ParameterChange) => void,
): JsonApi => {
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
    changed({ operation: before === undefined ? 'Create' : 'Update', name, type });
    return { Version: version, Tier: 'Standard' };
  };

  const remove = (input: JsonObject): object => {
    const name = text(input, 'Name');
    const type = parameters.find(name)?.versions.at(-1)?.type;
    if (type === undefined) throw notFound(name);
    parameters.remove(name);
    changed({ operation: 'Delete', name, type });
    return {};
  };

  const getOne = (input: JsonObject): object => {
    const name = text(input, 'Name');
    const parameter = findParameter(parameters, name);
    if (parameter === undefined) throw notFound(name);
    return { Parameter: parameter };
  };

  const findOrNothing = (name: string): object | undefined => {
    try {
      return findParameter(parameters, name);
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
    const found = names.map((name) => ({ name, parameter: findOrNothing(name) }));
    return {
      Parameters: found.flatMap(({ parameter }) => parameter ?? []),
      InvalidParameters: found.flatMap((one) => (one.parameter ? [] : [one.name])),
    };
  };

  return {
    kind: 'json',
    actions: {
      ...listParameters(parameters),
      DeleteParameter: remove,
      GetParameter: getOne,
      GetParameters: getMany,
      PutParameter: put,
    },
  };
};
