import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lineTest } from '../../../local/logs/filter-pattern.ts';
import { type LogStore, openLogStore } from '../../../local/logs/log-store.ts';
import { openSubscriptions, type Subscriptions } from '../../../local/logs/subscriptions.ts';
import { logDeliveryOf } from '../../../shared/wire/log-delivery.ts';

const group = '/davit/local/tools';
const stream = 'tool/tool/0123456789abcdef';
let dir: string;
let store: LogStore;
let open: Subscriptions;
let isSkipped = false;
let skipped = 0;
const sent: { readonly name: string; readonly payload: string }[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-subscriptions-'));
  store = openLogStore(dir);
  sent.length = 0;
  isSkipped = false;
  skipped = 0;
  open = openSubscriptions(
    [{ name: 'spoken', group, matches: lineTest('%^DAVIT_%'), functionName: 'relay' }],
    {
      account: '123456789012',
      store,
      invoke: (name, payload) => sent.push({ name, payload }),
      isSkipped: () => {
        if (isSkipped) skipped += 1;
        return isSkipped;
      },
    },
  );
});
afterEach(() => {
  open.stop();
  rmSync(dir, { recursive: true, force: true });
});

const write = (...lines: readonly string[]): void => {
  store.append(group, stream, lines);
  open.written(group, stream);
};
const deliveries = () => sent.map(({ payload }) => logDeliveryOf(JSON.parse(payload)));

test('matching lines of a stream reach the function, each once and in order', async () => {
  write('frame 1', 'DAVIT_OUTPUT {"page":1}', 'DAVIT_OUTPUT {"page":2}');
  await vi.waitUntil(() => sent.length === 1);
  write('DAVIT_RESULT {}');
  await vi.waitUntil(() => sent.length === 2);
  expect(deliveries()).toMatchObject([
    {
      ecsTaskId: '0123456789abcdef',
      lines: [
        { kind: 'output', value: {} },
        { kind: 'output', value: {} },
      ],
    },
    { lines: [{ kind: 'result' }] },
  ]);
  const ids = deliveries().flatMap((one) => (one && 'lines' in one ? one.lines : []));
  expect(new Set(ids.map(({ id }) => id)).size).toBe(3);
  expect(sent.every(({ name }) => name === 'relay')).toBe(true);
});

test('nothing is sent for lines that do not match, and for another group', async () => {
  write('frame 1');
  open.written('/aws/lambda/x', 'y');
  write('DAVIT_READY');
  await vi.waitUntil(() => sent.length === 1);
  expect(deliveries()).toMatchObject([{ lines: [{ kind: 'ready' }] }]);
});

test('a megabyte of lines comes in several deliveries', async () => {
  write(
    ...Array.from({ length: 12_000 }, (_, n) => `DAVIT_OUTPUT {"n":${n},"x":"${'x'.repeat(100)}"}`),
  );
  const linesSent = () =>
    deliveries().flatMap((one) => (one && 'lines' in one ? one.lines : [])).length;
  await vi.waitUntil(() => linesSent() === 12_000);
  expect(sent.length).toBeGreaterThan(2);
});

test('what is written while deliveries are skipped does not come later', async () => {
  isSkipped = true;
  write('DAVIT_OUTPUT {"n":1}');
  await vi.waitUntil(() => skipped === 1);
  isSkipped = false;
  write('DAVIT_OUTPUT {"n":2}');
  await vi.waitUntil(() => sent.length === 1);
  expect(deliveries()).toMatchObject([{ lines: [{ id: expect.any(String) }] }]);
});
