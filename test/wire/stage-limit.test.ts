import { expect, it } from 'vitest';
import { stageLimitIn, stageLimitOf } from '../../shared/wire/stage-limit.ts';

it.each([
  ['1', 1],
  [' 400\n', 400],
])('the limit of the stage is read from %o', (text, maxRunning) => {
  expect(stageLimitOf(text)).toEqual({ maxRunning });
});

it.each([
  ['0', 'davit pause --all'],
  ['401', 'remove the limit, or divide the tools among several stages'],
  ['-1', 'the most runs of all tools'],
  ['many', 'the most runs of all tools'],
  ['1e2', 'the most runs of all tools'],
])('a limit of the stage of %o is refused with its sentence', (text, sentence) => {
  const read = stageLimitOf(text);
  expect('fault' in read ? read.fault : '').toContain('expected a whole number from 1 to 400');
  expect('fault' in read ? read.fault : '').toContain(sentence);
});

it.each([1, 400])('tools.yml may have %o as the limit of the stage', (maxRunning) => {
  expect(stageLimitIn(maxRunning)).toEqual({ maxRunning });
});

it.each([
  [0, '0 came; a limit of 0 would start nothing'],
  [401, '401 came; every start and every end'],
  [-1, '-1 came; it is the most runs of all tools'],
  [1.5, '1.5 came; it is the most runs'],
  ['7', '"7" came; it is the most runs'],
  [null, 'nothing came; it is the most runs'],
  [{ echo: 1 }, 'an object came; it is the most runs'],
])('tools.yml with a limit of the stage of %j is refused with its sentence', (value, sentence) => {
  const read = stageLimitIn(value);
  expect('fault' in read ? read.fault : '').toContain(
    `expected a whole number from 1 to 400, but ${sentence}`,
  );
});
