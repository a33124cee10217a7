import { type Answer, fine, refused } from '../answer.ts';
import { ownOf } from '../own.ts';
import type { Parameter, ParameterState, ParameterView } from './types.ts';

/** The parameter that is given as `name`, `name:3` or an ARN. Labels are not kept here, so a label is a version that does not exist. */
export const foundParameter = (state: ParameterState, given: string): Answer<ParameterView> => {
  const [path = '', selector] = given.replace(arnPrefix(state), '').split(':');
  const name = ownOf(state.parameters, path) === undefined ? path.replace(/^\//, '') : path;
  const parameter = ownOf(state.parameters, name);
  if (parameter === undefined) return notFound(given);
  if (selector === undefined) return viewOf(state, { name, number: latestOf(parameter) });
  const found = viewOf(state, { name, number: Number(selector) });
  return found.ok ? fine({ ...found.output, Selector: `:${selector}` }) : found;
};

/** One version of a parameter. */
const viewOf = (
  state: ParameterState,
  { name, number }: { readonly name: string; readonly number: number },
): Answer<ParameterView> => {
  const parameter = ownOf(state.parameters, name);
  if (parameter === undefined) return notFound(name);
  const version = parameter.versions[number - parameter.first];
  if (version === undefined) {
    return refused(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${number} of ${name}. Verify the version and try again.`,
    );
  }
  return fine({
    Name: name,
    Type: version.type,
    Value: version.value,
    Version: number,
    LastModifiedDate: version.modifiedAt / 1000,
    ARN: `${arnPrefix(state)}${name.startsWith('/') ? '' : '/'}${name}`,
    DataType: 'text',
  });
};

/** The number of the newest version. */
export const latestOf = (parameter: Parameter): number =>
  parameter.first + parameter.versions.length - 1;

export const notFound = (name: string) =>
  refused('ParameterNotFound', `Parameter ${name} not found.`);

const arnPrefix = ({ options }: ParameterState): string =>
  `arn:aws:ssm:${options.region}:${options.account}:parameter`;
