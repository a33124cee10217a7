import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageOf } from '../../local/template/package.ts';
import { openChaos } from '../kit/chaos.ts';
import { chaosPlan } from '../kit/chaos-plan.ts';
import { newFolder, openTestStack, type Row, type TestStack, tallyOf } from '../kit/local-stack.ts';
import { hasPreviousRelease, previousRelease } from '../kit/previous-release.ts';
import { containersIn, nothingLivesIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { root } from '../kit/root.ts';
import { writeShellTool } from '../kit/shell-tool.ts';
import { until } from '../kit/until.ts';

/** CONTRIBUTING.md says how to ask for more tasks, or for the plan of a run that failed. */
const count = Number(process.env.DAVIT_CHAOS_TASKS ?? 200);
const seed = Number(process.env.DAVIT_CHAOS_SEED ?? randomInt(2 ** 31));
const withinMs = 240_000 + count * 600;

const plan = chaosPlan(seed, count);
const ids = Array.from({ length: count }, (_, n) => `task-${n}`);
const folder = newFolder();
const tallyFile = join(folder, 'tally');
const images = join(folder, 'images');
const packages = join(root, '.davit', 'package');
const ecs = { eventDoubles: 0.3, eventLoss: 0.1, eventDelayMs: [0, 2_000] } as const;

let one: TestStack;
let begin: ReturnType<typeof openChaos>['begin'];
let published = 0;

const packageIn = async (sources: string): Promise<string> =>
  (await packageOf(sources, packages, { log: () => {}, signal: undefined })).dir;

const send = (some: readonly string[]): Promise<void> =>
  publish(
    one.stack.addresses.amqp,
    some.map((id) => echoOf(id, {})),
  );

const publishUpTo = async (last: number): Promise<void> => {
  const next = ids.slice(published, Math.max(last, published));
  published += next.length;
  await send(next);
};

beforeAll(async () => {
  console.info(`${count} tasks, seed ${seed}: DAVIT_CHAOS_TASKS=${count} DAVIT_CHAOS_SEED=${seed}`);
  // One task in ten takes a while, so that it can be stopped or lost with its host.
  writeShellTool(images, tallyFile, 'case $DAVIT_TASK_ID in *7) sleep 2;; esac');
  const current = await packageIn(root);
  // A shallow clone may lack the history: then the deployments of the plan replace the functions by themselves.
  const previous = (await hasPreviousRelease())
    ? await packageIn(await previousRelease())
    : current;
  const chaos = openChaos({
    packages: { previous, current },
    publishAgain: (share) => send(ids.slice(0, Math.ceil(share * published))),
  });
  begin = chaos.begin;
  one = await openTestStack({ imagesDir: images, faults: { ecs, onCall: chaos.onCall } });
});

afterAll(async () => {
  await one?.close();
  rmSync(folder, { recursive: true, force: true });
});

const verdictsOf = ({ runs }: Row): readonly string[] =>
  Array.isArray(runs) ? runs.map(({ verdict }) => String(verdict)) : [];

test(
  `${count} tasks end, each run once, in a random plan of kills, deployments, lost hosts, stops and doubles`,
  async () => {
    const began = performance.now();
    const starts = (): number => tallyOf(tallyFile).length;
    for (const { afterStarts, trouble } of plan) {
      // There is always work in flight and in the queue.
      await publishUpTo(afterStarts + count / 5);
      await until(`${afterStarts} starts`, () => starts() >= afterStarts, withinMs);
      await begin(one.stack, trouble);
    }
    await publishUpTo(count);
    const rows = await one.rows.whenAllEnded(count, withinMs);
    console.info(`ended after ${Math.round((performance.now() - began) / 1000)} s`);

    const others = rows.filter(({ phase, attempts }) => phase !== 'SUCCEEDED' || attempts !== 1);
    expect(others).toEqual([]);
    // No run was started twice, or after a later one. A run follows another only when that was lost with its host, or stopped.
    const tally = Map.groupBy(tallyOf(tallyFile), ({ taskId }) => taskId);
    for (const row of rows) {
      const runs = (tally.get(String(row.taskId)) ?? []).map(({ run }) => run);
      expect(runs).toEqual([...new Set(runs)].toSorted((a, b) => a - b));
      expect({ id: row.taskId, last: runs.at(-1) }).toEqual({ id: row.taskId, last: row.run });
      const lost = verdictsOf(row).slice(0, -1);
      expect(lost.filter((verdict) => !['reclaimed', 'platform'].includes(verdict))).toEqual([]);
    }
    expect(containersIn(one.dir)).toEqual([]);
    await one.stack.stop();
    await nothingLivesIn(one.dir);
  },
  2 * withinMs,
);
