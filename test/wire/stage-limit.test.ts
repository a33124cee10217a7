import { expect, it } from 'vitest';
import { stageLimitOf } from '../../shared/wire/stage-limit.ts';

it.each([
  ['1', 1],
  [' 400\n', 400],
])('the limit of the stage is read from %o', (text, maxRunning) => {
  expect(stageLimitOf(text)).toEqual({ maxRunning });
});

it.each([
  ['0', 'davit pause --all'],
  ['401', 'delete the parameter'],
  ['-1', 'the most runs of all tools'],
  ['many', 'the most runs of all tools'],
  ['1e2', 'the most runs of all tools'],
])('a limit of the stage of %o is refused with its sentence', (text, sentence) => {
  const read = stageLimitOf(text);
  expect('fault' in read ? read.fault : '').toContain('expected a whole number from 1 to 400');
  expect('fault' in read ? read.fault : '').toContain(sentence);
});
