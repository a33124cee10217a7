import { expect, it } from 'vitest';
import { errorMessage } from '../../shared/core/error-message.ts';

it.each([
  [new Error('no route'), 'no route'],
  [new TypeError(''), 'TypeError'],
  ['a string', 'a string'],
  [undefined, 'undefined'],
])('%s: %s', (thrown, expected) => {
  expect(errorMessage(thrown)).toBe(expected);
});
