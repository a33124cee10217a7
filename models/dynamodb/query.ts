import type * as v from 'valibot';
import { type Answer, fine } from '../answer.ts';
import { drawnFrom } from '../random.ts';
import { holds } from './expressions/holds.ts';
import { type Expressions, expressionsIn } from './expressions/in-request.ts';
import { type KeyCondition, keyConditionOf } from './expressions/key-condition.ts';
import { projected } from './expressions/project.ts';
import { itemsAsOf, textIn } from './items.ts';
import { pageOf } from './page.ts';
import { type Order, orderOf } from './query-order.ts';
import { checked, invalid, queryInput } from './requests.ts';
import { andThen, no, type Result, unless, yes } from './result.ts';
import type { Schema } from './schema.ts';
import { partIn, type Source } from './source.ts';
import { throttled } from './throttle.ts';
import type { Turn } from './turn.ts';
import type { Item, TableOutput, Value } from './types.ts';
import { areEqual } from './values.ts';

/**
 * A page of one partition of an index or of the table, in the order of the sort key. The whole page shows one moment, up to the
 * lag ago.
 */
export const query = (turn: Turn, input: unknown): Answer<TableOutput> =>
  checked(queryInput, input, (request) => {
    const planned = planOf(turn.state.options, request);
    if (!planned.ok) return invalid(planned.why);
    const plan = planned.content;
    const partition = textIn({ key: plan.asked.partition }, 'key');
    const { index } = plan.source;
    const used = index === undefined ? { partition } : { partition, index: index.name };
    return throttled(turn.state, [used], turn.now) ?? fine(answerTo(request, plan, turn));
  });

type Request = v.InferOutput<typeof queryInput>;

/** A request after its checks. */
interface Plan {
  readonly source: Source;
  readonly asked: KeyCondition;
  readonly order: Order;
  readonly expressions: Expressions;
}

const planOf = (schema: Schema, request: Request): Result<Plan> =>
  andThen(expressionsIn(request), (expressions) =>
    andThen(sourceOf(schema, request), (source) =>
      andThen(askedOf(expressions, source), (asked) => {
        const order = orderOf(schema, source);
        const why = startRefusal(request.ExclusiveStartKey, { asked, order, source });
        return unless(why, { source, asked, order, expressions });
      }),
    ),
  );

const sourceOf = (schema: Schema, request: Request): Result<Source> => {
  if (request.IndexName === undefined) return yes({ keys: schema.keys });
  const index = schema.indexes.find(({ name }) => name === request.IndexName);
  if (index === undefined)
    return no(`The table does not have the specified index: ${request.IndexName}`);
  return request.ConsistentRead === true
    ? no('Consistent reads are not supported on global secondary indexes')
    : yes({ keys: index, index });
};

const askedOf = ({ keyCondition, holders }: Expressions, { keys }: Source): Result<KeyCondition> =>
  keyCondition === undefined
    ? no('Either the KeyConditions or KeyConditionExpression parameter must be specified.')
    : keyConditionOf(keyCondition, keys, holders);

const startRefusal = (
  start: Item | undefined,
  { asked, order, source }: Pick<Plan, 'asked' | 'order' | 'source'>,
): string | undefined => {
  if (start === undefined) return undefined;
  if (!order.isPlace(start)) return 'The provided starting key is invalid';
  const partition = start[source.keys.partition.name];
  return partition !== undefined && areEqual(partition, asked.partition)
    ? undefined
    : 'The provided starting key is outside query boundaries based on provided conditions';
};

const answerTo = (request: Request, plan: Plan, turn: Turn): TableOutput => {
  const { filter, projection, holders } = plan.expressions;
  const found = matching(turn, plan, request.ConsistentRead === true).sort(plan.order.compare);
  const page = pageOf(found, request, {
    order: plan.order,
    partOf: (item) => partIn(plan.source, item, turn.state.options),
  });
  const passing =
    filter === undefined ? page.items : page.items.filter((item) => holds(filter, item, holders));
  const Items =
    projection === undefined ? passing : passing.map((item) => projected(item, projection));
  return {
    ...(request.Select === 'COUNT' ? {} : { Items }),
    Count: Items.length,
    ScannedCount: page.items.length,
    ...(page.next === undefined ? {} : { LastEvaluatedKey: page.next }),
  };
};

const matching = (turn: Turn, { source, asked, expressions }: Plan, isConsistent: boolean) => {
  const { options } = turn.state;
  const range = source.index === undefined ? options.readLagMs : options.indexLagMs;
  const at = turn.now - (isConsistent ? 0 : drawnFrom(turn.rng, range));
  const { partition, sort } = source.keys;
  const inRange = asked.sort;
  const wanted = asked.partition.S;
  const isWanted = (value: Value): boolean =>
    partition.type === 'S' ? value.S === wanted : areEqual(value, asked.partition);
  return itemsAsOf(turn.state, at, (item) => {
    const value = item[partition.name];
    return (
      value !== undefined &&
      isWanted(value) &&
      (sort === undefined || item[sort.name] !== undefined) &&
      (inRange === undefined || holds(inRange, item, expressions.holders))
    );
  });
};
