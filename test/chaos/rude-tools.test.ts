import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processIdentityOf } from '../../local/setup/process-identity.mjs';
import { logsOf } from '../../shared/aws/logs.ts';
import { logStreamOf } from '../../shared/core/log-stream.ts';
import {
  newFolder,
  openTestStack,
  type Row,
  reachOf,
  type TestStack,
  tallyOf,
} from '../kit/local-stack.ts';
import { childrenWith, knowsPeaks, peakMiBOf } from '../kit/peak-memory.ts';
import { containersIn, nothingLivesIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { writeShellTool } from '../kit/shell-tool.ts';

const folder = newFolder();
const tally = join(folder, 'tally');
const pids = join(folder, 'pids');
let one: TestStack;
/** The most memory of the stack before the tools ran, in MiB. */
let before: number;

const gigabyte = 2 ** 30;

/** What the tool does for each task. */
const behaviours: Readonly<Record<string, string>> = {
  lines: `yes 'a line of a tool that prints a gigabyte' | head -c ${gigabyte}; echo; echo the last line`,
  'no-line': `head -c ${gigabyte} /dev/zero | tr '\\0' x; echo; echo the last line`,
  fails: `yes | head -c ${gigabyte} >&2; exit 65`,
  forks: `
    for n in 1 2 3 4 5 6 7 8 9 10; do sleep 600 & echo $! >> '${pids}'; done
    setsid sh -c 'echo $$ >> "$0"; exec sleep 600' '${pids}' &
    ( nohup setsid sh -c 'echo $$ >> "$0"; trap "" TERM HUP; while :; do sleep 1; done' '${pids}' > /dev/null 2>&1 & ) &
    setsid sh -c 'while :; do sleep 600 & echo $! >> "$0"; sleep 0.05; done' '${pids}' &
    until [ $(wc -l < '${pids}') -ge 20 ]; do sleep 0.05; done`,
};
const cases = Object.entries(behaviours).map(([id, script]) => `${id}) ${script};;`);
const script = `case $DAVIT_TASK_ID in\n${cases.join('\n')}\nesac`;

// All start together, so that each has to bear the others.
beforeAll(async () => {
  writeShellTool(join(folder, 'images'), tally, script);
  one = await openTestStack({ imagesDir: join(folder, 'images') });
  before = peakMiBOf(process.pid);
  const ids = [...Object.keys(behaviours), 'polite'];
  await publish(
    one.stack.addresses.amqp,
    ids.map((id) => echoOf(id, {})),
  );
});

afterAll(async () => {
  await one?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ended = (id: string): Promise<Row> =>
  one.rows.when(id, ({ endedAt }) => endedAt !== undefined);

const linesOf = async ({ ecsTaskArn }: Row): Promise<readonly string[]> => {
  const read = logsOf(reachOf(one.stack.addresses), '/davit/local/tools');
  const lines: string[] = [];
  let from: string | undefined;
  for (;;) {
    const page = await read(logStreamOf(String(ecsTaskArn)), from);
    if (page === undefined || page.lines.length === 0) return lines;
    lines.push(...page.lines.map(({ text }) => text));
    from = page.next;
  }
};

test.each(['lines', 'no-line'])(
  'a tool that prints a gigabyte succeeds; the end of its output is kept, and the middle is not: %s',
  async (id) => {
    const row = await ended(id);
    expect(row).toMatchObject({ phase: 'SUCCEEDED', run: 1, exitCode: 0 });
    const lines = await linesOf(row);
    expect(lines.at(-1)).toBe('the last line');
    const [cut = ''] = lines.filter((line) => line.includes('bytes of output are left out'));
    expect(Number(/\[(\d+) bytes/.exec(cut)?.[1])).toBeGreaterThan(0.98 * gigabyte);
    expect(lines.join('\n').length).toBeLessThan(10 * 2 ** 20);
  },
);

test('a gigabyte on stderr does not hide how the tool ended', async () => {
  expect(await ended('fails')).toMatchObject({ phase: 'FAILED', run: 1, exitCode: 65 });
});

test('the task beside them ends, and the stack needs little more memory than before', async (context) => {
  expect(await ended('polite')).toMatchObject({ phase: 'SUCCEEDED', run: 1 });
  for (const id of Object.keys(behaviours)) await ended(id);
  if (!knowsPeaks()) context.skip('without /proc, the peak memory of a process is not known');
  const agents = childrenWith('ecs/runtime/agent.ts');
  expect(agents).toHaveLength(2);
  // Far less than what each of three tools printed; measured: 360 MiB and 180 MiB.
  for (const agent of agents) expect(peakMiBOf(agent)).toBeLessThan(768);
  expect(peakMiBOf(process.pid) - before).toBeLessThan(512);
});

test('children that a tool leaves behind are gone when its task has ended', async () => {
  expect(await ended('forks')).toMatchObject({ phase: 'SUCCEEDED', run: 1 });
  const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  expect(started.length).toBeGreaterThanOrEqual(20);
  expect(started.filter((pid) => processIdentityOf(pid) !== undefined)).toEqual([]);
  expect(containersIn(one.dir)).toEqual([]);
});

test('each of them ran once, and nothing is left running', async () => {
  const ids = [...Object.keys(behaviours), 'polite'];
  expect(
    tallyOf(tally)
      .map(({ taskId }) => taskId)
      .toSorted(),
  ).toEqual(ids.toSorted());
  await one.stack.stop();
  await nothingLivesIn(one.dir);
});
