import { expect, it } from 'vitest';
import { entriesOf, type TableCall } from '../../../local/dynamodb/table-entries.ts';

it('does not treat a table that cannot be read as empty', async () => {
  const call: TableCall = async (_action, input) =>
    'ExclusiveStartKey' in input
      ? { status: 500, headers: {}, body: '{"__type":"InternalServerError"}' }
      : { status: 200, headers: {}, body: '{"Items":[{}],"LastEvaluatedKey":{"id":{"S":"a"}}}' };
  await expect(entriesOf(call, ['tasks'])).rejects.toThrow(
    'Table tasks must be readable, but its Scan answers 500: {"__type":"InternalServerError"}',
  );
});
