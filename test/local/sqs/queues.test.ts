import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failedItems } from '../../../local/lambda/queue-mapping.ts';
import type { QueueSpec } from '../../../local/sqs/plan.ts';
import { openQueues } from '../../../local/sqs/queues.ts';
import { until } from '../../kit/until.ts';

const dead: QueueSpec = { name: 'dead', arn: 'dead', visibilityTimeoutMs: 30_000 };
const live: QueueSpec = {
  name: 'live',
  arn: 'live',
  visibilityTimeoutMs: 50,
  redrive: { deadQueueArn: 'dead', maxReceiveCount: 2 },
};

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-queues-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (lines: string[] = []) =>
  openQueues(join(dir, 'queues.jsonl'), [live, dead], (line) => lines.push(line));

it('hides a received message, and shows it again when its time is over', async () => {
  const queues = open();
  queues.send('live', 'a');
  const [first] = queues.receive('live', 10);
  expect(first).toMatchObject({ body: 'a', receives: 1 });
  expect(queues.receive('live', 10)).toEqual([]);
  const [second] = await until('the message again', () => {
    const again = queues.receive('live', 10);
    return again.length > 0 ? again : undefined;
  });
  expect(second).toMatchObject({
    id: first?.id,
    receives: 2,
    firstReceivedAt: first?.firstReceivedAt,
  });
  expect(second?.receipt).not.toBe(first?.receipt);
  queues.close();
});

it('moves a message that was received too often to the dead queue', async () => {
  const queues = open();
  queues.send('live', 'a');
  let received = 0;
  await until('the dead letter', () => {
    received += queues.receive('live', 10).length;
    return queues.size('dead') === 1 || undefined;
  });
  expect(received).toBe(2);
  expect(queues.size('live')).toBe(0);
  expect(queues.receive('dead', 1)[0]?.body).toBe('a');
  queues.close();
});

it('does not let its journal grow by messages that are removed', () => {
  const queues = open();
  queues.send('dead', 'stays');
  for (let n = 0; n < 50; n += 1) {
    queues.send('live', 'x'.repeat(1024 * 1024));
    for (const { receipt } of queues.receive('live', 10)) queues.remove('live', receipt);
  }
  queues.close();
  expect(statSync(join(dir, 'queues.jsonl')).size).toBeLessThan(34 * 1024 * 1024);
  const after = open();
  expect(after.size('live')).toBe(0);
  expect(after.receive('dead', 10).map(({ body }) => body)).toEqual(['stays']);
  after.close();
});

it('keeps its journal when that cannot be shortened, and tries again once it has grown', () => {
  const path = join(dir, 'queues.jsonl');
  const lines: string[] = [];
  const queues = open(lines);
  queues.send('dead', 'stays');
  // A folder takes the place, which nothing can take from it.
  renameSync(path, join(dir, 'aside'));
  mkdirSync(path);
  const sendAndRemove = (times: number) => {
    for (let n = 0; n < times; n += 1) {
      queues.send('live', 'x'.repeat(1024 * 1024));
      for (const { receipt } of queues.receive('live', 10)) queues.remove('live', receipt);
    }
  };
  sendAndRemove(35);
  expect(lines).toEqual([expect.stringMatching(/queues\.jsonl is not shortened: .*EISDIR/)]);
  rmdirSync(path);
  sendAndRemove(20);
  expect(lines).toHaveLength(1);
  queues.close();
  expect(statSync(path).size).toBeLessThan(20 * 1024 * 1024);
  const after = open();
  expect(after.receive('dead', 10).map(({ body }) => body)).toEqual(['stays']);
  after.close();
});

it('forgets removed messages, and keeps the others with their receive counts over a restart', () => {
  const before = open();
  before.send('live', 'done');
  before.send('live', 'left');
  before.send('live', 'untouched');
  const [done] = before.receive('live', 2);
  before.remove('live', done?.receipt ?? '');
  // No close: the process was killed.
  const after = open();
  expect(after.receive('live', 10).map(({ body, receives }) => [body, receives])).toEqual([
    ['left', 2],
    ['untouched', 1],
  ]);
  after.close();
  before.close();
});

it.each([
  ['', new Set()],
  ['null', new Set()],
  ['{}', new Set()],
  ['{"batchItemFailures":[]}', new Set()],
  ['{"batchItemFailures":[{"itemIdentifier":"a"}]}', new Set(['a'])],
  ['{"batchItemFailures":[{"itemIdentifier":"stranger"}]}', undefined],
  ['{"batchItemFailures":[{"itemIdentifier":""}]}', undefined],
  ['{"batchItemFailures":"all"}', undefined],
  ['"text"', undefined],
])('reads the response %s as AWS does', (payload, expected) => {
  expect(failedItems(payload, ['a', 'b'])).toEqual(expected);
});
