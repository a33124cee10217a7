import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ecs, openEcs } from '../../local/ecs.ts';
import type { RuntimeFactory } from '../../local/runtime/runtime.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-ecs-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (runtime: RuntimeFactory): Ecs =>
  openEcs({
    journal: join(dir, 'ecs.jsonl'),
    options: { clusters: ['davit-local'] },
    runtime,
    emit: () => {},
    log: () => {},
  });

const register = (ecs: Ecs, family: string) =>
  ecs.service.RegisterTaskDefinition?.(
    {
      family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'tool', image: 'i' }],
    },
    { accessKeyId: undefined },
  );

it('asks who calls while it ends to come again, and answers nothing that it does not keep', async () => {
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
