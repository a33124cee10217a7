import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { importTool } from '../kit/engine-images.ts';
import { openTestStack, type TestStack } from '../kit/local-stack.ts';
import { noPodman, openPodman, type Podman } from '../kit/podman.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { until } from '../kit/until.ts';

const skipped = noPodman();

const echo = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/davit-local/echo';

let podman: Podman;
let test: TestStack;

beforeAll(async () => {
  if (skipped !== undefined) return;
  podman = await openPodman();
  await importTool(podman.engine, { tool: 'echo', image: `${echo}:1.0.0`, dir: podman.dir });
  vi.stubEnv('DAVIT_RUNTIME', 'containers');
  vi.stubEnv('DOCKER_HOST', podman.address);
  test = await openTestStack();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  if (skipped !== undefined) return;
  await test.close();
  await podman.close();
});

beforeEach((context) => {
  if (skipped !== undefined) context.skip(skipped);
});

it('says at its start what runs the tools, and pins the images of the engine', () => {
  expect(test.printed).toContainEqual(
    expect.stringMatching(
      /^each run is a container of Podman .* at unix:.*: DAVIT_RUNTIME=containers$/,
    ),
  );
  expect(test.printed).toContain('pinned echo 1.0.0');
});

it('runs a task in a container of the image that was pinned', async () => {
  const input = { say: 'hello from a container' };
  await publish(test.stack.addresses.amqp, [echoOf('contained', input)]);
  const row = await test.rows.when('contained', ({ phase }) => phase === 'SUCCEEDED');
  expect(row).toMatchObject({ run: 1, exitCode: 0, version: '1.0.0' });
  const group = '/davit/local/tools';
  const stream = `tool/tool/${String(row.ecsTaskArn).split('/').at(-1)}`;
  const lines = test.stack.logs.forward(group, stream, 0)?.events.map(({ message }) => message);
  expect(lines).toContain('echo from-image: task contained, run 1');
});

it('labels the containers for people, and leaves none when it stops', async () => {
  await publish(test.stack.addresses.amqp, [
    echoOf('failing', { exitCode: 65 }),
    echoOf('slow', { sleepMs: 170_000 }),
  ]);
  const failed = await test.rows.when('failing', ({ phase }) => phase === 'FAILED');
  expect(failed).toMatchObject({ exitCode: 65 });
  const slow = await test.rows.when('slow', ({ phase }) => phase === 'RUNNING');
  const [listed] = await podman.engine.listContainers();
  expect(listed?.Labels).toMatchObject({
    'davit.stage': 'local',
    'davit.task': 'slow',
    'davit.run': '1',
    'davit.ecs-task': String(slow.ecsTaskArn).split('/').at(-1),
  });
  await test.stack.stop();
  await until(
    'no container',
    async () => (await podman.engine.listContainers({ all: true })).length === 0,
  );
});
