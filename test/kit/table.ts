import { readFileSync } from 'node:fs';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';
import type { TableKeys } from '../../models/dynamodb/limits.ts';

interface Template {
  readonly Resources: { readonly TasksTable: { readonly Properties: CreateTableCommandInput } };
}

/** The task table under test: keys and indexes as `infra/table.yml` has them. */
export const tableInput = (table: string): CreateTableCommandInput => {
  const path = new URL('../../infra/table.yml', import.meta.url);
  // Tags of CloudFormation, for example !If, are only outside of the parts that are read here.
  const template: Template = parse(readFileSync(path, 'utf8'), { logLevel: 'error' });
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } =
    template.Resources.TasksTable.Properties;
  return {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions,
    KeySchema,
    GlobalSecondaryIndexes,
  };
};

/** The same keys, for the model of DynamoDB. */
export const tableKeys = (): TableKeys => {
  const { KeySchema, GlobalSecondaryIndexes } = tableInput('tasks');
  return {
    table: partsOf(KeySchema),
    indexes: (GlobalSecondaryIndexes ?? []).map((index) => ({
      name: index.IndexName ?? '',
      keys: partsOf(index.KeySchema),
    })),
  };
};

const partsOf = (schema: CreateTableCommandInput['KeySchema']): TableKeys['table'] =>
  (schema ?? []).map(({ AttributeName = '', KeyType = '' }) => ({
    name: AttributeName,
    kind: KeyType,
  }));
