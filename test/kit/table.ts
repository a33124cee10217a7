import { readFileSync } from 'node:fs';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';
import { type Schema, schemaOf } from '../../models/dynamodb/schema.ts';

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

/** The same keys and indexes, for the model of DynamoDB. */
export const tableSchema = (): Schema => schemaOf(tableInput('tasks'));
