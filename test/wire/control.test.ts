import { describe, expect, test } from 'vitest';
import { controlAnswerOf, controlRequestOf } from '../../shared/wire/control.ts';

const hundredOne = Array.from({ length: 101 }, () => ({ taskId: 't', body: '{}' }));

describe('a request to control', () => {
  test('a submission without a priority has the lowest', () => {
    expect(controlRequestOf({ ask: 'submit', taskId: 't-1', body: '{}' })).toEqual({
      ask: 'submit',
      taskId: 't-1',
      body: '{}',
      priority: 0,
    });
  });

  test.each([
    ['a priority of ten', { ask: 'submit', taskId: 't', body: '{}', priority: 10 }, '"priority"'],
    ['a body that is not a text', { ask: 'submit', taskId: 't', body: {} }, '"body"'],
    ['an unknown field', { ask: 'backlog', extra: 1 }, '"extra"'],
    ['no message at all', { ask: 'submitMany', tasks: [] }, '"tasks"'],
    ['more than a hundred messages', { ask: 'submitMany', tasks: hundredOne }, '"tasks"'],
    ['another wish', { ask: 'dance' }, '"ask"'],
    ['no object', 'backlog', 'the request'],
  ])('%s is refused in a sentence that names it', (_what, payload, name) => {
    expect(controlRequestOf(payload)).toEqual({ reason: expect.stringContaining(name) });
  });
});

describe('an answer of control', () => {
  test('an answer may have fields that this version does not know', () => {
    expect(controlAnswerOf({ kind: 'backlog', ready: 3, oldest: 'x' })).toEqual({
      kind: 'backlog',
      ready: 3,
    });
  });

  test('any other value is not an answer', () => {
    expect(controlAnswerOf({ errorMessage: 'x' })).toBeUndefined();
    expect(controlAnswerOf(null)).toBeUndefined();
  });
});
