import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { put, update } from '../../models/dynamodb/update.ts';
import { tableKeys } from '../kit/table.ts';

type Item = Record<string, AttributeValue>;
const keys = tableKeys();
export const interimTable =
  (items: Map<string, Item>) =>
  (action: string, input: any): any => {
    const id = input.Key?.taskId?.S ?? input.Item?.taskId?.S;
    const bad = (message: string) => ({
      ok: false,
      error: { code: 'ValidationException', message },
    });
    const lost = (item: any) => ({
      ok: false,
      error: {
        code: 'ConditionalCheckFailedException',
        message: 'The conditional request failed',
        extra: { Item: item },
      },
    });
    const item = items.get(id);
    switch (action) {
      case 'GetItem':
        return { ok: true, output: item ? { Item: item } : {} };
      case 'PutItem': {
        if (item) return lost(item);
        const w = put<AttributeValue>(input.Item, keys);
        if ('refused' in w) return bad(w.refused);
        items.set(id, w.item);
        return { ok: true, output: {} };
      }
      case 'UpdateItem': {
        if (
          input.ConditionExpression?.includes('revision =') &&
          (!item || item.revision?.N !== input.ExpressionAttributeValues[':revisionRead'].N)
        )
          return lost(item);
        const w = update<AttributeValue>(
          item ?? { taskId: { S: id } },
          { expression: input.UpdateExpression, values: input.ExpressionAttributeValues },
          keys,
        );
        if ('refused' in w) return bad(w.refused);
        items.set(id, w.item);
        return { ok: true, output: {} };
      }
      case 'Query': {
        const index = keys.indexes.find((one) => one.name === input.IndexName);
        const [p = '', s = ''] = (index?.keys ?? []).map(({ name }) => name);
        const vals = input.ExpressionAttributeValues;
        const pv = vals[':shard']?.S ?? vals[':phase']?.S;
        const by = vals[':by']?.S ?? '~';
        const after = input.ExclusiveStartKey
          ? `${input.ExclusiveStartKey[s]?.S} ${input.ExclusiveStartKey.taskId?.S}`
          : '';
        const found = [...items.values()]
          .filter((one) => one[p]?.S === pv && (one[s]?.S ?? '~~') <= by)
          .map((one) => ({ one, key: `${one[s]?.S} ${one.taskId?.S}` }))
          .filter(({ key }) => key > after)
          .sort((a, b) => (a.key < b.key ? -1 : 1));
        return {
          ok: true,
          output: { Items: found.slice(0, input.Limit ?? 1000).map(({ one }) => one) },
        };
      }
    }
    throw new Error(action);
  };
