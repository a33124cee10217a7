import type { ServicePlan } from '../service.ts';
import { nameOf } from '../template/identity.ts';
import { ofType, textAt } from '../template/types.ts';

/** A parameter of the template. */
export interface ParameterSpec {
  readonly name: string;
  readonly value: string;
}

/** The parameters that a deployment puts. */
export interface SsmPlan {
  readonly parameters: readonly ParameterSpec[];
}

/** What SSM takes from the template. */
export const ssmPlan: ServicePlan<SsmPlan> = {
  types: {
    'AWS::SSM::Parameter': {
      identify: (property, logicalId, awsAccount) => ({
        ref: nameOf(property('Name'), logicalId, awsAccount),
        attributes: { Type: property('Type') ?? 'String' },
      }),
      properties: ['Name', 'Type', 'Value', 'DataType', 'Description', 'Tags', 'Tier'],
    },
  },
  read: (template) => ({
    parameters: ofType(template, 'AWS::SSM::Parameter').map(({ logicalId, properties }) => ({
      name: textAt(properties.Name, `${logicalId}.Name`),
      value: textAt(properties.Value, `${logicalId}.Value`),
    })),
  }),
};
