import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { VersionRecord } from '../core/release.ts';
import type { Versions } from '../ports/versions.ts';
import { storedFields } from '../wire/stored-time.ts';
import { versionRecordOf } from '../wire/version-record.ts';
import { callOptionsOf } from './call-options.ts';
import { conditionalUpdateOf } from './conditional-update.ts';
import { rethrowAs } from './rethrow-as.ts';
import { fieldsIn } from './task-item.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly signal?: AbortSignal;
}

// Optional attributes: a write of a record without them removes them.
const optionalNames = [
  'provenAt',
  'broken',
  'brokenAt',
  'failedRuns',
  'countsFrom',
  'earlier',
  'pinVersion',
  'pinnedAt',
  'definitionDigest',
  'imageDigest',
  'movedFrom',
];

/** The records of versions: the items `#version/<tool>/<version>` of the task table. Throws when the table cannot be reached. */
export const versionItems = ({ client, table, signal }: Options): Versions => {
  const callOptions = callOptionsOf(signal);
  const update = conditionalUpdateOf({ client, table, callOptions });
  return {
    readVersion: async (tool, version): Promise<VersionRecord | undefined> => {
      const command = new GetItemCommand({
        TableName: table,
        Key: marshall({ taskId: keyOf(tool, version) }),
        ConsistentRead: true,
      });
      const { Item } = await client
        .send(command, callOptions)
        .catch(rethrowAs(`Version ${version} of ${tool} could not be read from table ${table}`));
      return Item && versionRecordOf(fieldsIn(Item));
    },
    saveVersion: async ({ revision: _read, ...record }, was) => {
      const fields = Object.entries(storedFields(record));
      const gone = optionalNames.filter((name) => fields.every(([given]) => given !== name));
      const sets = fields.map(([name]) => `${name} = :${name}`);
      const removes = gone.length > 0 ? ` REMOVE ${gone.join(', ')}` : '';
      const values = Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value]));
      const { tool, version } = record;
      return update({
        taskId: keyOf(tool, version),
        subject: `Version ${version} of ${tool}`,
        UpdateExpression: `SET ${sets.join(', ')}, revision = if_not_exists(revision, :none) + :one${removes}`,
        ...conditionOf(was),
        values: {
          ...values,
          ':none': 0,
          ':one': 1,
          ...(was?.revision === undefined ? {} : { ':read': was.revision }),
        },
      });
    },
  };
};

// The release before this one writes no revision.
const conditionOf = (was: VersionRecord | undefined) => {
  if (was === undefined) return {};
  return {
    ConditionExpression:
      was.revision === undefined ? 'attribute_not_exists(revision)' : 'revision = :read',
  };
};

const keyOf = (tool: string, version: string): string => `#version/${tool}/${version}`;
