import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Addresses } from '../../local/addresses.ts';
import { imagesDir, newFolder, rowsOf, tallyOf } from '../kit/local-stack.ts';
import { containersIn, nothingLivesIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

const dir = newFolder();
const appendTo = join(dir, 'tally');
const living: ChildProcess[] = [];

/** `npm start` without npm. */
const start = async (): Promise<{ child: ChildProcess; addresses: Addresses; printed: string }> => {
  const child = spawn(process.execPath, [join(root, 'local/main.ts')], {
    env: { ...process.env, DAVIT_DIR: dir, DAVIT_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  living.push(child);
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  await until(
    'ready',
    () => {
      if (child.exitCode !== null) throw new Error(`the stack has ended: ${printed}`);
      return /^ready$/m.test(printed);
    },
    150_000,
  );
  return { child, addresses: JSON.parse(readFileSync(join(dir, 'local.json'), 'utf8')), printed };
};

beforeAll(() => symlinkSync(imagesDir, join(dir, 'images')));

afterAll(async () => {
  for (const child of living) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(dir, { recursive: true, force: true });
});

test('when a stack was killed and is started again, every task ends as it would have without the kill', async () => {
  const first = await start();
  const before = rowsOf(first.addresses);
  await publish(first.addresses.amqp, [
    echoOf('before', { appendTo }),
    // It sleeps until this test ends it.
    echoOf('sleeping', { appendTo, sleepMs: 170_000, sigtermExitCode: 0 }),
    echoOf('failing', { appendTo, exitCodes: [75, 0] }),
  ]);
  await before.when('before', ({ phase }) => phase === 'SUCCEEDED');
  await before.when('sleeping', ({ phase }) => phase === 'RUNNING');
  const waiting = await before.when(
    'failing',
    ({ phase, attempts }) => phase === 'QUEUED' && attempts === 1,
  );
  expect(waiting.waitingFor).toMatch(/attempt 2 of 3 after exit 75/);
  // At the kill, these tasks are in the queue, on their way to ECS, running and just ended.
  const crowd = Array.from({ length: 30 }, (_, n) => `crowd-${n}`);
  await publish(
    first.addresses.amqp,
    crowd.map((id) => echoOf(id, { appendTo })),
  );
  await until('some of the crowd', () => tallyOf(appendTo).length >= 8, 60_000);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await start();
  expect(second.printed).toMatch(/containers were lost with the last local stack/);
  const of = (one: { taskId: string; run: number }): string => `${one.taskId}/${one.run}`;
  const lost = tallyOf(appendTo).find(({ taskId, run }) => taskId === 'sleeping' && run === 1);
  expect(containersIn(dir).map(({ pid }) => pid)).not.toContain(lost?.pid);

  const again = await until(
    'the second run of sleeping',
    () => tallyOf(appendTo).find(({ taskId, run }) => taskId === 'sleeping' && run === 2),
    120_000,
  );
  process.kill(again.pid, 'SIGTERM');
  const all = ['before', 'sleeping', 'failing', ...crowd];
  const rows = await rowsOf(second.addresses).whenAllEnded(all.length, 150_000);
  expect(rows.filter(({ phase }) => phase !== 'SUCCEEDED')).toEqual([]);
  const [sleeping] = rows.filter(({ taskId }) => taskId === 'sleeping');
  expect(sleeping).toMatchObject({ run: 2, attempts: 1 });
  expect(sleeping?.runs).toMatchObject([{ run: 1, verdict: 'reclaimed' }, { run: 2 }]);
  expect(rows.find(({ taskId }) => taskId === 'before')).toMatchObject({ run: 1 });

  const starts = tallyOf(appendTo);
  // No run was started twice, or after a later one: the next run starts only when the previous one is lost.
  expect(new Set(starts.map(of)).size).toBe(starts.length);
  for (const { taskId, run } of rows) {
    const runs = starts.filter((one) => one.taskId === taskId).map((one) => one.run);
    expect(runs).toEqual(runs.toSorted((a, b) => a - b));
    expect(runs.at(-1)).toBe(run);
  }

  second.child.kill('SIGTERM');
  await once(second.child, 'exit');
  await nothingLivesIn(dir);
}, 420_000);
