import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ecsApi } from '../../../local/ecs/api.ts';
import { type EcsEngine, openEcsEngine } from '../../../local/ecs/engine.ts';
import type { RuntimeFactory } from '../../../local/ecs/runtime/runtime.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-ecs-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (runtime: RuntimeFactory, lines: string[] = []): EcsEngine =>
  openEcsEngine({
    path: join(dir, 'ecs.jsonl'),
    options: { clusters: ['davit-local'] },
    runtime,
    emit: () => {},
    log: (line) => lines.push(line),
  });

const register = (ecs: EcsEngine, family: string) =>
  ecsApi(ecs).actions.RegisterTaskDefinition?.({
    family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'tool', image: 'i' }],
  });

it('asks a caller to try again while it stops, and answers nothing that it does not keep', async () => {
  const { promise: containersEnd, resolve: endContainers } = Promise.withResolvers<void>();
  const ecs = open(() => ({ carryOut: () => {}, stop: () => containersEnd }));
  await register(ecs, 'kept');
  const ended = ecs.stop();
  const late = expect.objectContaining({ code: 'ServiceUnavailable', status: 503 });
  expect(() => register(ecs, 'late')).toThrow(late);
  endContainers();
  await ended;
  expect(() => register(ecs, 'later')).toThrow(late);
  const journal = readFileSync(join(dir, 'ecs.jsonl'), 'utf8');
  expect(journal).toContain('"kept"');
  expect(journal).not.toContain('late');
});

it('keeps its journal when that cannot be shortened, also when it stops, and forgets nothing', async () => {
  const path = join(dir, 'ecs.jsonl');
  const aside = join(dir, 'aside');
  const idle: RuntimeFactory = () => ({ carryOut: () => {}, stop: async () => {} });
  const lines: string[] = [];
  const ecs = open(idle, lines);
  // A folder at the path, which no file can replace.
  renameSync(path, aside);
  mkdirSync(path);
  for (let n = 0; n < 5_100; n += 1) ecs.setAvailability('FARGATE', { is: 'open' });
  await register(ecs, 'kept');
  const failed = expect.stringMatching(/ecs\.jsonl is not shortened: .*EISDIR/);
  expect(lines).toEqual([failed]);
  await ecs.stop();
  expect(lines).toEqual([failed, failed]);
  rmdirSync(path);
  renameSync(aside, path);
  const after = open(idle);
  expect(
    await ecsApi(after).actions.DescribeTaskDefinition?.({ taskDefinition: 'kept' }),
  ).toMatchObject({
    taskDefinition: { family: 'kept', revision: 1 },
  });
  await after.stop();
});
