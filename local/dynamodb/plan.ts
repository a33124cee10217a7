import { isObject } from '../../shared/core/object.ts';
import type { JsonObject } from '../endpoint/input.ts';
import type { ServicePlan } from '../service.ts';
import { arn, named } from '../template/identity.ts';
import { ofType, type Resource } from '../template/types.ts';

/** A table of the template: CreateTable's input, and the attribute that says when an item expires. */
export interface TableSpec {
  readonly input: JsonObject;
  readonly expiresBy: string | undefined;
}

/** The tables of the template. */
export interface DynamodbPlan {
  readonly tables: readonly TableSpec[];
}

/** Properties of CloudFormation that CreateTable takes too, and that dynalite reads. */
const tableInputs = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
];

/** What DynamoDB takes from the template. */
export const dynamodbPlan: ServicePlan<DynamodbPlan> = {
  types: {
    'AWS::DynamoDB::Table': {
      identify: named('TableName', (name, awsAccount) =>
        arn('dynamodb', awsAccount, `table/${name}`),
      ),
      properties: [
        ...tableInputs,
        'TimeToLiveSpecification',
        'DeletionProtectionEnabled',
        'PointInTimeRecoverySpecification',
        'SSESpecification',
        'Tags',
        'TableClass',
      ],
    },
  },
  read: (template) => ({ tables: ofType(template, 'AWS::DynamoDB::Table').map(tableOf) }),
};

const tableOf = ({ properties }: Resource): TableSpec => {
  const input: JsonObject = Object.fromEntries(
    Object.entries(properties).filter(([name]) => tableInputs.includes(name)),
  );
  const ttl = properties.TimeToLiveSpecification;
  const expiresBy =
    isObject(ttl) && String(ttl.Enabled) === 'true' ? String(ttl.AttributeName) : undefined;
  return { input, expiresBy };
};
