import { type Answer, fine, refused } from '../answer.ts';
import { changedItem } from './expressions/change-item.ts';
import { holds } from './expressions/holds.ts';
import { type ExpressionInput, type Expressions, expressionsIn } from './expressions/in-request.ts';
import { itemAt, keyTextOf, textIn, withItem } from './items.ts';
import { itemKeysRefusal, keyRefusal } from './keys.ts';
import { isTooLarge, itemRefusal } from './limits.ts';
import { checked, deleteInput, invalid, putInput, updateInput } from './requests.ts';
import { andThen, type Result, unless, yes } from './result.ts';
import { returnedAttributes, topNamesOf } from './returned.ts';
import { namesOf, type Schema } from './schema.ts';
import { storedItem } from './stored.ts';
import { indexPartitionsOf, throttled } from './throttle.ts';
import type { Turn } from './turn.ts';
import type { Item, TableOutput } from './types.ts';

export const putItem = (turn: Turn, input: unknown): Answer<TableOutput> =>
  checked(putInput, input, (request) => {
    const item = storable(request.Item, turn.state.options, 'Item size');
    return written(turn, request, { key: request.Item, check: item, to: () => item });
  });

/** Creates the item where there is none, if the condition allows it. */
export const updateItem = (turn: Turn, input: unknown): Answer<TableOutput> =>
  checked(updateInput, input, (request) => {
    const { options } = turn.state;
    const key = request.Key;
    return written(turn, request, {
      key,
      check: unless(keyRefusal(key, options.keys), key),
      to: (before, { update = [], holders }) =>
        andThen(changedItem(before ?? key, update, holders), (item) =>
          storable(item, options, 'Item size to update'),
        ),
    });
  });

export const deleteItem = (turn: Turn, input: unknown): Answer<TableOutput> =>
  checked(deleteInput, input, (request) =>
    written(turn, request, {
      key: request.Key,
      check: unless(keyRefusal(request.Key, turn.state.options.keys), request.Key),
      to: () => yes(null),
    }),
  );

interface WriteInput extends ExpressionInput {
  readonly ReturnValues?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

interface Write {
  readonly key: Item;
  /** Whether the request itself can be carried out, whatever the table holds. */
  readonly check: Result<Item>;
  /** The item after the write, or `null` when there is none. */
  readonly to: (before: Item | undefined, expressions: Expressions) => Result<Item | null>;
}

/** An item as it is stored, if DynamoDB takes it. */
const storable = (item: Item, schema: Schema, size: string): Result<Item> =>
  unless(
    itemKeysRefusal(item, schema) ??
      itemRefusal(item, schema) ??
      (isTooLarge(item) ? `${size} has exceeded the maximum allowed size` : undefined),
    storedItem(item),
  );

const written = (turn: Turn, request: WriteInput, write: Write): Answer<TableOutput> => {
  const { keys } = turn.state.options;
  const ready = andThen(expressionsIn(request), (expressions) =>
    andThen(write.check, () => unless(keyChangeRefusal(expressions, keys), expressions)),
  );
  if (!ready.ok) return invalid(ready.why);
  const partition = textIn(write.key, keys.partition.name);
  const busy = throttled(turn.state, [{ partition }], turn.now);
  return busy ?? carriedOut(turn, request, { ...write, expressions: ready.content });
};

const carriedOut = (
  turn: Turn,
  request: WriteInput,
  write: Write & { readonly expressions: Expressions },
): Answer<TableOutput> => {
  const { condition, holders } = write.expressions;
  const key = keyTextOf(turn.state.options.keys, write.key);
  const before = itemAt(turn.state, key);
  if (condition !== undefined && !holds(condition, before ?? {}, holders)) {
    return conditionFailed(request, before);
  }
  const next = write.to(before, write.expressions);
  if (!next.ok) return invalid(next.why);
  const after = next.content;
  const partitions = indexPartitionsOf(turn.state, [before, after ?? undefined]);
  const busy = throttled(turn.state, partitions, turn.now);
  if (busy !== undefined) return busy;
  if (after !== null || before !== undefined) {
    turn.state = withItem(turn.state, { key, item: after }, turn.now);
  }
  return fine(returnedAttributes(request.ReturnValues, { before, after }, write.expressions));
};

const keyChangeRefusal = (expressions: Expressions, keys: Schema['keys']): string | undefined => {
  const names = namesOf(keys);
  const changed = topNamesOf(expressions).find((name) => names.includes(name));
  return changed === undefined
    ? undefined
    : `One or more parameter values were invalid: Cannot update attribute ${changed}. This attribute is part of the key`;
};

const conditionFailed = (request: WriteInput, before: Item | undefined) =>
  refused(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined
      ? { Item: before }
      : undefined,
  );
