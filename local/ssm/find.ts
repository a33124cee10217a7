import { AwsError } from '../endpoint/errors.ts';
import { awsAccount } from '../template/aws-account.ts';
import { arn } from '../template/identity.ts';
import { parameterArn } from './change-event.ts';
import { latestOf, type Parameter, type Parameters } from './parameters.ts';

/** A version of a parameter as SSM returns it. */
export interface DescribedParameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: number;
  readonly ARN: string;
  readonly DataType: 'text';
}

/** Finds a parameter by `name`, `name:3` or ARN. Labels are not kept here, so a label is a version that does not exist. */
export const findParameter = (parameters: Parameters, given: string): object | undefined => {
  const [path = '', selector] = given.replace(arn('ssm', awsAccount, 'parameter'), '').split(':');
  const name = parameters.find(path) === undefined ? path.replace(/^\//, '') : path;
  const parameter = parameters.find(name);
  if (parameter === undefined) return undefined;
  if (selector === undefined) return described(name, parameter, latestOf(parameter));
  return { ...described(name, parameter, Number(selector)), Selector: `:${selector}` };
};

/** Describes one version. Throws AWS's refusal for a version that does not exist. */
export const described = (
  name: string,
  parameter: Parameter,
  number: number,
): DescribedParameter => {
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
    ARN: parameterArn(name),
    DataType: 'text',
  };
};

/** AWS's refusal for a parameter that does not exist. */
export const notFound = (name: string): AwsError =>
  new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
