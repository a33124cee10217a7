import { expect, it } from 'vitest';
import { type SeenWrites, seenWrites } from '../../../bench/limits/seen-writes.ts';
import type { SeenCall } from '../../../local/stack.ts';
import { bytesOfMap } from '../../../models/dynamodb/limits.ts';
import { limitItems } from '../../../shared/aws/limit-items.ts';
import { newLimit } from '../../../shared/core/limit.ts';
import { reserve } from '../../../shared/core/limit-places.ts';
import { memoryTasks } from '../../memory/tasks.ts';

const call = (input: SeenCall['input'], more: Partial<SeenCall> = {}): SeenCall => ({
  functionName: 'davit-local-dispatch',
  pid: 1,
  service: 'dynamodb',
  action: 'UpdateItem',
  phase: 'before',
  n: 1,
  input,
  ...more,
});

const writeOf = (revision: number, text: string): SeenCall['input'] => ({
  Key: { taskId: { S: '#limit/echo' } },
  UpdateExpression: 'SET revision = :revision, placedRuns = :placedRuns REMOVE readUpTo',
  ExpressionAttributeValues: {
    ':revision': { N: `${revision}` },
    ':placedRuns': { S: text },
    ':revisionRead': { N: `${revision - 1}` },
  },
});

/** What the item with these two attributes has. */
const bytesOf = (text: string): number =>
  'taskId#limit/echo'.length + 'revision'.length + 2 + 'placedRuns'.length + text.length;

const seen = (calls: readonly SeenCall[]): SeenWrites['writes'] => {
  const { onCall, writes } = seenWrites('#limit/echo');
  for (const one of calls) onCall(one);
  return writes;
};

it('takes the larger of the sizes before and after', () => {
  const writes = seen([call(writeOf(1, 'aaaa')), call(writeOf(2, 'b')), call(writeOf(3, 'cc'))]);
  expect(writes.map(({ bytes }) => bytes)).toEqual([
    bytesOf('aaaa'),
    bytesOf('aaaa'),
    bytesOf('cc'),
  ]);
});

it('knows a write that lost by the revision that another one has written', () => {
  const writes = seen([call(writeOf(1, 'a')), call(writeOf(2, 'b')), call(writeOf(2, 'c'))]);
  expect(writes.map(({ isLost }) => isLost)).toEqual([false, false, true]);
});

it('leaves out other items, other calls and the second look at a call', () => {
  const other = { ...writeOf(1, 'a'), Key: { taskId: { S: 'limited-1' } } };
  const calls = [
    call(other),
    call(writeOf(1, 'a'), { action: 'GetItem' }),
    call(writeOf(1, 'a'), { service: 'ecs' }),
    call(writeOf(1, 'a'), { phase: 'after' }),
  ];
  expect(seen(calls)).toEqual([]);
});

it('finds the size that the table has, with the real writes of a limit', async () => {
  const tasks = memoryTasks();
  const inputs: SeenCall['input'][] = [];
  const client = Object.assign(Object.create(tasks.client), {
    send: (command: { readonly input: SeenCall['input'] }) => {
      inputs.push(command.input);
      return Reflect.apply(tasks.client.send, tasks.client, [command]);
    },
  });
  const limits = limitItems({ client, table: 'memory', newId: () => 'one' });
  const was = newLimit('limit/echo', { maxRunning: 3 }, Date.UTC(2026, 10, 24));
  const run = {
    taskId: 'limited-1',
    run: 1,
    key: 'a'.repeat(12),
    tenant: 'b'.repeat(8),
    tool: 'echo',
  };
  const next = { ...reserve(was, run, Date.UTC(2026, 10, 24)), revision: 1 };
  expect(await limits.save(next, was)).toBe(true);
  const [write] = seen(inputs.map((input) => call(input)));
  expect(write?.bytes).toBe(bytesOfMap(tasks.item('#limit/echo') ?? {}));
});
