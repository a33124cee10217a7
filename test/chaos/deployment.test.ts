import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { packageOf } from '../../local/template/package.ts';
import { openTestStack, type TestStack, tallyOf } from '../kit/local-stack.ts';
import { expectOnceEach } from '../kit/once-each.ts';
import { hasPreviousRelease, previousRelease } from '../kit/previous-release.ts';
import { nothingLivesIn } from '../kit/process-identity.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

/** A shallow clone may lack the history. */
const isThere = await hasPreviousRelease();
const packages = join(root, '.davit', 'package');
const functions = ['dispatch', 'settle', 'sweep', 'control', 'release'];
const ids = Array.from({ length: 200 }, (_, n) => `task-${n}`);

let one: TestStack;
let previous: string;
let current: string;

const packageIn = async (sources: string): Promise<string> =>
  (await packageOf(sources, packages, { log: () => {}, signal: undefined })).dir;

beforeAll(async () => {
  if (!isThere) return;
  previous = await packageIn(await previousRelease());
  current = await packageIn(root);
  one = await openTestStack();
});

afterAll(() => one?.close());

test.skipIf(!isThere)(
  '200 tasks end, each run once, while the functions are swapped one by one for those of the previous release, and back, twice',
  async () => {
    const { stack, rows, dir, tallyFile: appendTo } = one;
    const steps = [previous, current, previous, current].flatMap((release) =>
      functions.map((name) => ({ name, release })),
    );
    const share = ids.length / steps.length;
    for (const [n, { name, release }] of steps.entries()) {
      const wave = ids.slice(n * share, (n + 1) * share);
      await publish(
        stack.addresses.amqp,
        // Some end only after other functions have been swapped too.
        wave.map((id, m) => echoOf(id, { appendTo, sleepMs: (m % 5) * 1_000 })),
      );
      stack.deployCode(`davit-local-${name}`, release);
      await until('the wave before', () => tallyOf(appendTo).length >= n * share, 120_000);
    }
    const ended = await rows.whenAllEnded(ids.length, 150_000);
    await expectOnceEach(one, ids, ended);
    await stack.stop();
    await nothingLivesIn(dir);
  },
  300_000,
);
