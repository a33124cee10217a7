import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LogStore, openLogStore } from '../../local/logs/log-store.ts';
import { boxImage } from '../kit/engine-images.ts';
import { openOrders } from '../kit/ordered-runs.ts';
import { noPodman, openPodman, type Podman } from '../kit/podman.ts';
import { containersAt, processesIn } from '../kit/runtimes-under-test.ts';

const skipped = noPodman();

let dir: string;
let logs: LogStore;
let podman: Podman | undefined;
let orders: ReturnType<typeof openOrders>;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'davit-runtimes-'));
  logs = openLogStore(join(dir, 'logs'));
  podman = skipped === undefined ? await openPodman() : undefined;
});

afterAll(async () => {
  await podman?.close();
  rmSync(dir, { recursive: true, force: true });
});

const kinds = [
  { kind: 'processes', make: () => processesIn(dir, logs) },
  { kind: 'containers', make: () => containersAt(podman?.address ?? '', logs) },
] as const;

describe.for(kinds)('the runtime of $kind', ({ kind, make }) => {
  beforeEach((context) => {
    if (kind === 'containers' && skipped !== undefined) context.skip(skipped);
  });

  beforeAll(() => {
    orders = openOrders(make(), logs);
  });

  afterAll(() => orders.stop());

  const sh = (script: string, ...more: readonly [object?]) =>
    orders.order(boxImage, ['sh', '-c', script], ...more);

  it('reports a start and then the exit code, and keeps both outputs', async () => {
    const run = sh('echo out; echo err >&2; exit 3');
    expect(await run.end()).toEqual({ kind: 'exited', exitCode: 3 });
    expect(run.reports().map(({ kind: what }) => what)).toEqual(['started', 'exited']);
    expect(run.lines().toSorted()).toEqual(['err', 'out']);
  });

  it('shows the output while the container runs', async () => {
    const run = sh('echo ready; exec sleep 60');
    await run.says('ready');
    await run.started();
    expect(run.reports()).toMatchObject([{ kind: 'started' }]);
    run.kill();
    expect(await run.end()).toEqual({ kind: 'exited', exitCode: 137 });
  });

  it('gives a container the environment of its order', async () => {
    const run = sh('echo "$A|$B|$HTTP_PROXY$http_proxy"', {
      environment: { A: 'a b=c', B: '$A "x"\n2' },
    });
    await run.end();
    expect(run.lines()).toEqual(['a b=c|$A "x"', '2|']);
  });

  it('lets a program end by itself at SIGTERM', async () => {
    const run = sh('trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.02; done');
    await run.says('ready');
    run.terminate();
    expect(await run.end()).toEqual({ kind: 'exited', exitCode: 7 });
    // A shell may say that its own child was ended by the signal.
    expect(run.lines().at(-1)).toBe('bye');
  });

  it('ends a program that does not expect SIGTERM with it', async () => {
    const run = orders.order(boxImage, ['sleep', '60']);
    await run.started();
    run.terminate();
    expect(await run.end()).toEqual({ kind: 'exited', exitCode: 143 });
  });

  it('leaves a program that ignores SIGTERM until SIGKILL', async () => {
    const run = sh('trap "echo no" TERM; echo ready; while :; do sleep 0.02; done');
    await run.says('ready');
    run.terminate();
    await run.says('no');
    expect(run.reports()).toMatchObject([{ kind: 'started' }]);
    run.kill();
    expect(await run.end()).toEqual({ kind: 'exited', exitCode: 137 });
  });

  it('ends a container that was asked to stop before it had started, and says so once', async () => {
    const run = orders.order(boxImage, ['sleep', '60']);
    run.kill();
    expect(await run.end()).toEqual({ kind: 'exited', exitCode: 137 });
    expect(run.reports().filter(({ kind: what }) => what !== 'started')).toHaveLength(1);
  });

  it.for([
    ['does not exist', '/no/such/program', 'executable file not found in $PATH'],
    ['is not on PATH', 'no-such-program', 'executable file not found in $PATH'],
    ['may not be executed', '/etc/passwd', 'permission denied'],
  ])('reports no start of a program that %s', async ([, program = '', answer]) => {
    const run = orders.order(boxImage, [program]);
    const reason = `CannotStartContainerError: exec: "${program}": ${answer}`;
    expect(await run.end()).toEqual({ kind: 'notStarted', reason });
    expect(run.reports()).toHaveLength(1);
  });

  it('reports an image that does not exist as one that cannot be pulled', async () => {
    const image = 'registry.test/davit/none:1';
    const run = orders.order(image, ['true']);
    const reason = `CannotPullContainerError: ${image}: not found`;
    expect(await run.end()).toEqual({ kind: 'notStarted', reason });
    expect(run.reports()).toHaveLength(1);
  });

  it('keeps the last lines after a gigabyte of output, and no more than megabytes of it', async () => {
    const rssBefore = process.memoryUsage().rss;
    const script = 'yes "$0" | head -c 1073741824; echo the last line >&2; echo the end; exit 4';
    const run = orders.order(boxImage, ['sh', '-c', script, 'x'.repeat(200)], { cpu: 2048 });
    expect(await run.end()).toEqual({ kind: 'exited', exitCode: 4 });
    expect(process.memoryUsage().rss - rssBefore).toBeLessThan(200 * 1024 * 1024);
    const written = readFileSync(
      logs.fileOf('group', `tool/tool/${run.taskArn.split('/').at(-1)}`),
      'utf8',
    );
    expect(written.length).toBeLessThan(20 * 1024 * 1024);
    // Not compared as a whole: a failure would print megabytes.
    const has = (pattern: RegExp): boolean => pattern.test(written);
    expect(has(/Z the last line\n/)).toBe(true);
    expect(has(/the end\n/)).toBe(true);
    expect(has(/Z \[\d+ bytes of output are left out here\]\n/)).toBe(true);
  });

  it('ends everything without a report when it stops', async () => {
    const before = orders.reports.length;
    const run = sh('echo ready; exec sleep 60');
    await run.says('ready');
    await run.started();
    await orders.stop();
    sh('echo too late');
    expect(orders.reports.slice(before)).toEqual(run.reports());
    expect(run.reports()).toMatchObject([{ kind: 'started' }]);
  });
});
