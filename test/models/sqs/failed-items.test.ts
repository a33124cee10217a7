import { expect, it } from 'vitest';
import { failedItems } from '../../../models/sqs/failed-items.ts';

it.each([
  [undefined, new Set()],
  [null, new Set()],
  [{}, new Set()],
  [{ batchItemFailures: [] }, new Set()],
  [{ batchItemFailures: [{ itemIdentifier: 'a' }] }, new Set(['a'])],
  [{ batchItemFailures: [{ itemIdentifier: 'stranger' }] }, undefined],
  [{ batchItemFailures: [{ itemIdentifier: '' }] }, undefined],
  [{ batchItemFailures: 'all' }, undefined],
  ['text', undefined],
])('reads the response %j as Lambda does', (response, expected) => {
  expect(failedItems(response, ['a', 'b'])).toEqual(expected);
});
