import { type Refusal, refused } from '../answer.ts';
import { textIn } from './items.ts';
import { isInIndex } from './keys.ts';
import type { Item, TableState, Throttle } from './types.ts';

/** What a call uses: a partition of the table or of one of its indexes. */
export interface Used {
  readonly partition: string;
  readonly index?: string;
}

/** AWS's answer to a call that uses these partitions, when one of them is throttled now. */
export const throttled = (
  { throttles }: TableState,
  used: readonly Used[],
  now: number,
): Refusal | undefined => {
  if (throttles.length === 0) return undefined;
  const found = throttles.find(
    (each) => each.until > now && used.some((one) => concerns(each, one)),
  );
  if (found === undefined) return undefined;
  const { code = 'ThrottlingException' } = found;
  return refused(
    code,
    code === 'ThrottlingException'
      ? 'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.'
      : 'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  );
};

/** The partitions of the indexes that a write changes, with the item before and after it. */
export const indexPartitionsOf = (
  { options }: TableState,
  items: readonly (Item | undefined)[],
): readonly Used[] =>
  options.indexes.flatMap((index) =>
    items.flatMap((item) =>
      item !== undefined && isInIndex(item, index)
        ? [{ index: index.name, partition: textIn(item, index.partition.name) }]
        : [],
    ),
  );

const concerns = ({ partition, index }: Throttle, used: Used): boolean =>
  index === used.index
    ? partition === undefined || partition === used.partition
    : index === undefined && partition === undefined;
