import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { VersionRecord } from '../core/release.ts';
import type { Releases } from '../ports/releases.ts';
import { storedFields } from '../wire/stored-time.ts';
import { versionRecordOf } from '../wire/version-record.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';
import { fieldsIn } from './task-item.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly signal?: AbortSignal;
}

// Optional attributes: a write of a record without them removes them.
const optionalNames = ['provenAt', 'broken', 'definitionDigest', 'imageDigest', 'movedFrom'];

/** The records of versions: the items `#version/<tool>/<version>` of the task table. Throws when the table cannot be reached. */
export const versionItems = ({
  client,
  table,
  signal,
}: Options): Pick<Releases, 'readVersion' | 'saveVersion'> => {
  const callOptions = callOptionsOf(signal);
  return {
    readVersion: async (tool, version): Promise<VersionRecord | undefined> => {
      const command = new GetItemCommand({
        TableName: table,
        Key: keyOf(tool, version),
        ConsistentRead: true,
      });
      const { Item } = await client
        .send(command, callOptions)
        .catch(rethrowAs(`Version ${version} of ${tool} could not be read from table ${table}`));
      return Item && versionRecordOf(fieldsIn(Item));
    },
    saveVersion: async (record) => {
      const fields = Object.entries(storedFields(record));
      const gone = optionalNames.filter((name) => fields.every(([given]) => given !== name));
      const sets = fields.map(([name]) => `${name} = :${name}`).join(', ');
      const removes = gone.length > 0 ? ` REMOVE ${gone.join(', ')}` : '';
      const values = Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value]));
      const { tool, version } = record;
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(tool, version),
        UpdateExpression: `SET ${sets}${removes}`,
        ExpressionAttributeValues: marshall(values),
      });
      await client
        .send(command, callOptions)
        .catch(rethrowAs(`Version ${version} of ${tool} could not be written to table ${table}`));
    },
  };
};

const keyOf = (tool: string, version: string) =>
  marshall({ taskId: `#version/${tool}/${version}` });
