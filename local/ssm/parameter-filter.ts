import { AwsError } from '../endpoint/errors.ts';
import { type JsonObject, objects, optionalText, text, texts } from '../endpoint/input.ts';

interface Described {
  readonly name: string;
  readonly type: string;
}
type Filter = (parameter: Described) => boolean;

/** The filter of DescribeParameters: a parameter must pass every filter of the call. A name in the older member `Filters` is a prefix. */
export const parameterFilter = (input: JsonObject): Filter => {
  const filters = [
    ...objects(input, 'ParameterFilters'),
    ...objects(input, 'Filters').map((filter) =>
      filter.Key === 'Name' ? { ...filter, Option: 'BeginsWith' } : filter,
    ),
  ].map(filterOf);
  return (parameter) => filters.every((passes) => passes(parameter));
};

const nameTests: Readonly<Record<string, (name: string, value: string) => boolean>> = {
  Equals: (name, value) => name === value,
  BeginsWith: (name, value) => name.startsWith(value),
  Contains: (name, value) => name.includes(value),
};

const pathTests: Readonly<Record<string, (name: string, path: string) => boolean>> = {
  Recursive: (name, path) => name.startsWith(path),
  OneLevel: (name, path) => name.startsWith(path) && !name.slice(path.length).includes('/'),
};

const filterOf = (filter: JsonObject): Filter => {
  const key = text(filter, 'Key');
  const option = optionalText(filter, 'Option');
  const values = texts(filter, 'Values');
  const tested = (
    tests: Readonly<Record<string, (name: string, value: string) => boolean>>,
    usual: string,
  ) => {
    const test = tests[option ?? usual];
    if (test) return test;
    throw invalid('InvalidFilterOption', `The filter option ${option} is not valid for ${key}.`);
  };
  switch (key) {
    case 'Name': {
      const test = tested(nameTests, 'Equals');
      return ({ name }) => values.some((value) => test(name, value));
    }
    case 'Path': {
      const test = tested(pathTests, 'OneLevel');
      return ({ name }) => values.some((value) => test(name, value.replace(/\/?$/, '/')));
    }
    case 'Type':
      return ({ type }) => values.includes(type);
    case 'Tier':
      return isOneOf(values, 'Standard');
    case 'DataType':
      return isOneOf(values, 'text');
    default:
      throw invalid(
        'InvalidFilterKey',
        `The local AWS filters parameters by Name, Path, Type, Tier and DataType, not by ${key}.`,
      );
  }
};

const invalid = (code: string, message: string): AwsError => new AwsError(code, message);

const isOneOf = (values: readonly string[], value: string): Filter => {
  const has = values.includes(value);
  return () => has;
};
