import { isObject } from '../object.ts';

/**
 * The ids that a partial batch response names; undefined if the whole batch failed, as for an invalid response or an empty or
 * unknown id (Lambda developer guide, "Implementing partial batch responses").
 */
export const failedItems = (
  response: unknown,
  ids: readonly string[],
): ReadonlySet<string> | undefined => {
  if (response === null || response === undefined) return new Set();
  if (!isObject(response)) return undefined;
  const failures = response.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const named = new Set<string>();
  for (const failure of failures) {
    const id: unknown = isObject(failure) ? failure.itemIdentifier : undefined;
    if (typeof id !== 'string' || !ids.includes(id)) return undefined;
    named.add(id);
  }
  return named;
};
