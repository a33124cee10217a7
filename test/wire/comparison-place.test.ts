import { expect, it } from 'vitest';
import { comparisonStart } from '../../shared/core/comparison.ts';
import { placeIn, placeText } from '../../shared/wire/comparison-place.ts';

it.each([
  ['nothing', undefined],
  ['text that is not JSON', '{'],
  ['the text of a newer Davit', '{"version":2}'],
  ['a phase whose rows have no ECS task', '{"table":{"phase":"QUEUED"}}'],
])('takes %s for the beginning of the comparison', (_name, text) => {
  expect(placeIn(text)).toEqual(comparisonStart);
});

it('reads what it wrote', () => {
  const place = { ...comparisonStart, listAfter: 'arn:1', listed: 100, suspects: ['0a'] };
  expect(placeIn(placeText(place))).toEqual(place);
});
