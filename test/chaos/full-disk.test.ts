import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Addresses } from '../../local/addresses.ts';
import { newFolder, type Rows, rowsOf, tallyOf } from '../kit/local-stack.ts';
import { nothingLivesIn } from '../kit/process-identity.ts';
import { startProgram } from '../kit/program.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { root } from '../kit/root.ts';
import { openSmallDisk, type SmallDisk } from '../kit/small-disk.ts';
import { type StackProgram, startStackProgram } from '../kit/stack-program.ts';
import { until } from '../kit/until.ts';

// A stack with a few tasks needs 20 MB, and RabbitMQ wants 50 MB to be free.
const diskBytes = 200 * 2 ** 20;
const folder = newFolder();
const appendTo = join(folder, 'tally');
const accepted: string[] = [];
let disk: SmallDisk | undefined;
let stack: StackProgram | undefined;

beforeAll(() => {
  disk = openSmallDisk(diskBytes);
});

beforeEach((context) => {
  if (disk === undefined) context.skip('this user may mount no disk');
});

afterAll(async () => {
  disk?.free();
  if (stack?.child.exitCode === null) {
    stack.child.kill('SIGTERM');
    await stack.ended;
  }
  disk?.close();
  rmSync(folder, { recursive: true, force: true });
});

const the = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the test before this one has failed');
  return value;
};

/** Publishes task after task until RabbitMQ takes no more messages; resolves with the wait for the confirms that are left. */
const publishUntilBlocked = async (
  { amqp }: Addresses,
  rows: Rows,
): Promise<() => Promise<void>> => {
  const connection = await connect(amqp);
  let isBlocked = false;
  connection.on('blocked', () => {
    isBlocked = true;
  });
  const channel = await connection.createConfirmChannel();
  while (!isBlocked) {
    const { taskId, body } = echoOf(`late-${accepted.length}`, { appendTo });
    const options = { messageId: taskId, persistent: true };
    channel.publish('davit', 'davit.tasks', Buffer.from(JSON.stringify(body)), options);
    accepted.push(taskId);
    const isOver = async () => isBlocked || (await rows.row(taskId))?.endedAt !== undefined;
    await until(`the end of ${taskId}, or of what RabbitMQ takes`, isOver, 60_000);
  }
  return async () => {
    await channel.waitForConfirms();
    await connection.close();
  };
};

test('when the disk is nearly full, the stack says so, and RabbitMQ takes messages again once there is space', async () => {
  const { dir, fill, free } = the(disk);
  stack = await startStackProgram(dir);
  const rows = rowsOf(stack.addresses);
  fill(30_000_000);
  await stack.printed(`Less than 50 MB are free on the disk of ${dir}`);
  const confirmed = await publishUntilBlocked(stack.addresses, rows);
  free();
  await stack.printed(`The disk of ${dir} has space again`);
  await confirmed();
  for (const id of accepted) await rows.when(id, ({ phase }) => phase === 'SUCCEEDED');
}, 180_000);

test('when the disk is full, the stack ends with one sentence that says what to do', async () => {
  const { dir, fill } = the(disk);
  const { addresses, ended } = the(stack);
  const crowd = Array.from({ length: 30 }, (_, n) => `crowd-${n}`);
  await publish(
    addresses.amqp,
    crowd.map((id, n) => echoOf(id, { appendTo, sleepMs: (n % 4) * 1_000 })),
  );
  accepted.push(...crowd);
  await until('some of the crowd', () => tallyOf(appendTo).length >= accepted.length - 22, 60_000);
  let end: Awaited<typeof ended> | undefined;
  void ended.then((ending) => {
    end = ending;
  });
  // What ends frees a little space, so the disk is filled again and again.
  const { code, stdout } = await until(
    'the end of the stack',
    () => {
      fill(0);
      return end;
    },
    60_000,
  );
  const sentence = `The disk of ${dir} is full (ENOSPC: no space left on device, write). Free some space there and start again: what was accepted is kept.`;
  expect(stdout.split('\n').filter((line) => line === sentence)).toHaveLength(1);
  expect(stdout).not.toMatch(/^ +at /m);
  expect(code).toBe(1);
});

test('it does not start on a full disk, with the same sentence', async () => {
  const { dir, fill } = the(disk);
  fill(0);
  const { ended } = startProgram([join(root, 'local/main.ts')], {
    DAVIT_DIR: dir,
    DAVIT_PORT: '0',
  });
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(
      /^The disk of \S+ is full \(ENOSPC[^)]+\)\. Free some space there and start again[^\n]+\n$/,
    ),
  });
});

test('after space was freed, a start goes on: every task that was accepted ends', async () => {
  const { dir, free } = the(disk);
  free();
  stack = await startStackProgram(dir);
  const rows = await rowsOf(stack.addresses).whenAllEnded(accepted.length, 120_000);
  expect(rows.filter(({ phase }) => phase !== 'SUCCEEDED')).toEqual([]);
  const starts = tallyOf(appendTo);
  // No run was started twice, or after a later one. A run that was lost with the stack is followed by the next.
  for (const { taskId, run } of rows) {
    const runs = starts.filter((one) => one.taskId === taskId).map((one) => one.run);
    expect(runs).toEqual([...new Set(runs)].toSorted((a, b) => a - b));
    expect(runs.at(-1)).toBe(run);
  }
  stack.child.kill('SIGTERM');
  await once(stack.child, 'exit');
  await nothingLivesIn(dir);
}, 180_000);
