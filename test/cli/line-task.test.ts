import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { lineReader, type ReadLine } from '../../cli/line-task.ts';

const now = Date.UTC(2026, 10, 24, 14);

const readAll = (texts: readonly string[], fields: object = {}): readonly ReadLine[] => {
  const read = lineReader({ tool: 'echo', fields, priority: 0, now });
  return texts.map((text, at) =>
    read({ number: at + 1, bytes: Buffer.from(text), isTooLong: false, end: 0 }),
  );
};

const taskOf = (text: string, fields: object = {}) => {
  const [read] = readAll([text], fields);
  if (read?.kind !== 'task') throw new Error(JSON.stringify(read));
  return read.task;
};

const idOf = (body: string): string =>
  `echo-${createHash('sha256').update(body).digest('hex').slice(0, 32)}`;

describe('a line of tasks', () => {
  test('is a body without its tool, with every digit of its numbers', () => {
    const body = '{"tool":"echo","input":{"n":12345678901234567890.10}}';
    expect(taskOf(' {"input": {"n": 12345678901234567890.10}}\r')).toEqual({
      line: 1,
      taskId: idOf(body),
      body,
      priority: 0,
      digest: createHash('sha256').update(body).digest('hex'),
    });
  });

  test('may have an id and a priority, which are no part of the body', () => {
    expect(taskOf('{"id":"film-1","priority":7,"tool":"echo","input":{}}')).toMatchObject({
      taskId: 'film-1',
      priority: 7,
      body: '{"tool":"echo","input":{}}',
    });
  });

  test('takes the fields of the command line where it has none of its own', () => {
    const fields = { tenant: 'acme', group: 'night' };
    expect(taskOf('{"tenant":"other"}', fields).body).toBe(
      '{"tool":"echo","tenant":"other","group":"night"}',
    );
  });

  test('has the id of its content, and equal lines are numbered', () => {
    const lines = [
      '{"input":{"n":1}}',
      '{"input":{"n":2}}',
      '{"input": {"n": 1}}',
      '{"input":{"n":1}}',
    ];
    const ids = readAll(lines).map((read) => (read.kind === 'task' ? read.task.taskId : ''));
    expect(ids[0]).toBe(idOf('{"tool":"echo","input":{"n":1}}'));
    expect(ids).toEqual([ids[0], ids[1], `${ids[0]}-2`, `${ids[0]}-3`]);
    expect(readAll(lines)).toEqual(readAll(lines));
  });

  test('may be blank', () => {
    expect(readAll(['', ' \t\r'])).toEqual([{ kind: 'blank' }, { kind: 'blank' }]);
  });

  test('with an id of an earlier line is the same task, or wrong', () => {
    const lines = ['{"id":"a","input":{}}', '{"id":"a","input":{}}', '{"id":"a","input":{"n":1}}'];
    expect(readAll(lines).slice(1)).toEqual([
      { kind: 'again', line: 2, taskId: 'a' },
      { kind: 'wrong', line: 3, why: 'its id "a" belongs to line 1, which has another body' },
    ]);
  });

  test.each([
    ['{"input":', 'a JSON object was expected, but the line is not JSON'],
    ['[1]', 'a JSON object was expected, but it is an array'],
    ['7', 'a JSON object was expected, but it is 7'],
    ['"film"', 'it is "film"'],
    ['{"id":7}', '"id" must be 1 to 100 letters, digits, _ or -, but is 7'],
    ['{"id":"a b"}', 'but is "a b"'],
    ['{"priority":10}', '"priority" must be a whole number from 0 to 9, but is 10'],
    ['{"tool":"film"}', '"tool" is "film", but this command submits tasks for "echo"'],
    ['{"imput":{}}', 'a field that Davit does not know: "imput"'],
    ['{"timeout":"1y"}', '"timeout" must be'],
    ['{"notBefore":"2027-01-01T00:00:00Z"}', 'at most 14 days ahead'],
    [`{"input":{"a":"${'x'.repeat(66_000)}"}}`, 'must be at most 65536 bytes'],
  ])('is wrong when it is %.40s', (text, why) => {
    const [read] = readAll([text]);
    expect(read).toMatchObject({ kind: 'wrong', line: 1, why: expect.stringContaining(why) });
  });
});
