import { GetParametersByPathCommand, GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { marshall, NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Item } from '../../shared/aws/task-item.ts';
import type { Release } from '../../shared/core/tool.ts';
import { releaseNamed } from './facts.ts';
import type { World } from './world.ts';

/** The SSM prefix of the tools of the test. */
export const prefix = '/davit/test/tools';

/** SSM as a map of parameters by their names under the prefix (`echo/spec`), with the values that the attacker has written. */
export const parametersIn = (values: ReadonlyMap<string, string>): SSMClient => {
  const client = new SSMClient({ region: 'eu-central-1' });
  const found = [...values].map(([name, Value]) => ({
    Name: `${prefix}/${name}`,
    Value,
    Version: 1,
    LastModifiedDate: new Date(Date.UTC(2026, 10, 24)),
  }));
  const mocked = mockClient(client);
  mocked.on(GetParametersCommand).callsFake(({ Names = [] }) => ({
    Parameters: found.filter(({ Name }) => Names.includes(Name)),
  }));
  mocked.on(GetParametersByPathCommand).resolves({ Parameters: found });
  return client;
};

/** Version 1.0.0 of another tool than echo, whose definition the cluster has. */
export const releaseOfTool = (world: World, tool: string): Release => {
  const release = { ...releaseNamed('1.0.0'), tool };
  return { ...release, definitions: { fargate: world.runs.register(release) } };
};

/** An item with any values that JSON can have, also numbers that programs do not normally write. */
export const itemWith = (fields: object): Item => marshall(stored(fields) as object);

const stored = (value: unknown): unknown => {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) || Math.abs(value) < 1e15
      ? value
      : NumberValueImpl.from(numberText(value));
  }
  if (Array.isArray(value)) return value.map(stored);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, stored(inner)]));
};

// DynamoDB's numbers end at 1E126 (limits of DynamoDB), and JavaScript's do not.
const numberText = (value: number): string =>
  Math.abs(value) > 1e125 ? `${value < 0 ? '-' : ''}1e125` : String(value);
