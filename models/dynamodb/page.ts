import { bytesOfMap } from './limits.ts';
import type { Order } from './query-order.ts';
import type { Item } from './types.ts';

interface Paging {
  readonly ExclusiveStartKey?: Item | undefined;
  readonly Limit?: number | undefined;
  readonly ScanIndexForward?: boolean | undefined;
}

interface Page {
  readonly items: readonly Item[];
  readonly next?: Item;
}

/** How an index holds items: their order, and which part of each. */
interface Held {
  readonly order: Order;
  readonly partOf: (item: Item) => Item;
}

/** A page ends with the item that takes it over 1 MB (API reference, Query). */
const maxBytes = 1_048_576;

/** One page of items that are in ascending order. */
export const pageOf = (found: readonly Item[], paging: Paging, { order, partOf }: Held): Page => {
  const { ExclusiveStartKey: start, Limit: limit = Number.POSITIVE_INFINITY } = paging;
  const isBackward = paging.ScanIndexForward === false;
  const items: Item[] = [];
  let bytes = 0;
  for (const item of isBackward ? found.toReversed() : found) {
    if (start !== undefined && !isAfter(order.compare(item, start), isBackward)) continue;
    const part = partOf(item);
    items.push(part);
    bytes += bytesOfMap(part);
    // AWS names the last item also when nothing comes after it.
    if (items.length >= limit || bytes >= maxBytes) return { items, next: order.placeOf(item) };
  }
  return { items };
};

const isAfter = (compared: number, isBackward: boolean): boolean =>
  isBackward ? compared < 0 : compared > 0;
