import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Addresses } from '../../local/addresses.ts';
import { expectExclusiveRuns, putExclusiveImages } from '../kit/exclusive-runs.ts';
import { newFolder, rowsOf, tallyOf } from '../kit/local-stack.ts';
import { containersIn, nothingLivesIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { declareQueue, takeEvents } from '../kit/replies.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

const dir = newFolder();
const imagesDir = join(dir, 'images');
const programFile = join(dir, 'stack.mjs');
const appendTo = join(dir, 'tally');
const replies = 'reply.killed-stack';
const living: ChildProcess[] = [];

/** A stack with images of this test, in a process of its own. */
const program = `
  const { startStack } = await import(${JSON.stringify(join(root, 'local/stack.ts'))});
  const { dir, imagesDir } = ${JSON.stringify({ dir, imagesDir })};
  const stack = await startStack({ dir, imagesDir, log: console.log });
  process.on('SIGTERM', () => stack.stop().then(() => process.exit()));
  console.log('ready');`;

const start = async (): Promise<{ child: ChildProcess; addresses: Addresses; printed: string }> => {
  const child = spawn(process.execPath, [programFile], { stdio: ['ignore', 'pipe', 'pipe'] });
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

const kill = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  await once(child, 'exit');
};

beforeAll(() => {
  putExclusiveImages(imagesDir, ['1.0.0']);
  writeFileSync(programFile, program);
});

afterAll(async () => {
  for (const child of living) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(dir, { recursive: true, force: true });
});

/** A crowd of tasks, all published; resolves when some have ended, some run, and the last ones are still to be launched. */
const crowd = async ({ amqp }: Addresses, name: string): Promise<readonly string[]> => {
  const ids = Array.from({ length: 20 }, (_, n) => `${name}-${n}`);
  const before = tallyOf(appendTo).length;
  const messages = ids.map((id, n) => ({
    ...echoOf(id, { appendTo, sleepMs: 200 * (n + 1) }),
    replyTo: replies,
  }));
  await publish(amqp, messages.slice(0, 15));
  const isInTheMiddle = (): boolean => {
    const started = tallyOf(appendTo).length - before;
    const running = containersIn(dir).length;
    return running > 0 && running < started;
  };
  await until('some that have ended, and some that run', isInTheMiddle, 60_000);
  await publish(amqp, messages.slice(15));
  return ids;
};

test('when a stack was killed, twice, every task ends as it would have without the kill, and none runs twice at once', async () => {
  const first = await start();
  await declareQueue(first.addresses.amqp, replies);
  const before = rowsOf(first.addresses);
  const replied = (id: string, input: object) => ({
    ...echoOf(id, { appendTo, ...input }),
    replyTo: replies,
  });
  await publish(first.addresses.amqp, [
    replied('before', {}),
    // It sleeps until this test ends it.
    replied('sleeping', { sleepMs: 170_000, sigtermExitCode: 0 }),
    replied('failing', { exitCodes: [75, 0] }),
  ]);
  await before.when('before', ({ phase }) => phase === 'SUCCEEDED');
  await before.when('sleeping', ({ phase }) => phase === 'RUNNING');
  const waiting = await before.when(
    'failing',
    ({ phase, attempts }) => phase === 'QUEUED' && attempts === 1,
  );
  expect(waiting.waitingFor).toMatch(/attempt 2 of 3 after exit 75/);
  const all = ['before', 'sleeping', 'failing', ...(await crowd(first.addresses, 'first'))];
  await kill(first.child);

  const second = await start();
  expect(second.printed).toMatch(/containers were lost with the last local stack/);
  const lost = tallyOf(appendTo).find(({ taskId, run }) => taskId === 'sleeping' && run === 1);
  expect(containersIn(dir).map(({ pid }) => pid)).not.toContain(lost?.pid);
  all.push(...(await crowd(second.addresses, 'second')));
  await kill(second.child);

  const third = await start();
  const { rows, row } = await ended(third.addresses, all.length);
  expectExclusiveRuns(appendTo, rows);
  expect(row('before')).toMatchObject({ run: 1 });
  expect(row('failing')).toMatchObject({ attempts: 2 });
  // Runs that were lost with a stack spend no attempt.
  expect(row('sleeping')).toMatchObject({ attempts: 1 });
  expect(row('sleeping')?.runs).toEqual(
    expect.arrayContaining([expect.objectContaining({ run: 1, verdict: 'reclaimed' })]),
  );
  const events = await takeEvents(third.addresses.amqp, replies);
  const succeeded = events.filter(({ what }) => what === 'succeeded').map(({ taskId }) => taskId);
  expect([...new Set(succeeded)].toSorted()).toEqual(all.toSorted());

  third.child.kill('SIGTERM');
  await once(third.child, 'exit');
  await nothingLivesIn(dir);
}, 900_000);

/** Ends each later run of the sleeping task, until every row has ended. */
const ended = async (addresses: Addresses, count: number) => {
  const endSleeping = setInterval(() => {
    const pids = containersIn(dir).map(({ pid }) => pid);
    const runs = tallyOf(appendTo).filter(({ taskId }) => taskId === 'sleeping');
    for (const { pid } of runs) if (pids.includes(pid)) process.kill(pid, 'SIGTERM');
  }, 2_000);
  const rows = await rowsOf(addresses)
    .whenAllEnded(count, 300_000)
    .finally(() => clearInterval(endSleeping));
  return { rows, row: (id: string) => rows.find(({ taskId }) => taskId === id) };
};
