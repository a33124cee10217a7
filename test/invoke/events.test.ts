import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { type FunctionName, readArgs, sampleEvents } from '../../invoke/read-args.ts';
import { familiesOf } from '../../shared/core/family.ts';
import { asksOf } from '../../shared/wire/control-request.ts';
import { ecsRecordsOf } from '../../shared/wire/ecs-event.ts';
import { parameterChangeOf } from '../../shared/wire/parameter-change.ts';
import { deliveriesOf } from '../../shared/wire/rabbit-event.ts';
import { root } from '../kit/root.ts';

const sample = (name: FunctionName): unknown => readArgs([name, sampleEvents[name]], root).event;

/** Samples beside that of each function. */
const others = ['events/pause-ended.json'];

test('each function has a sample event, and each file of events/ is one', () => {
  const functions = globSync('functions/*.ts', { cwd: root }).map((file) => basename(file, '.ts'));
  expect(Object.keys(sampleEvents).sort()).toEqual(functions.sort());
  const files = globSync('events/*', { cwd: root });
  expect([...Object.values(sampleEvents), ...others].toSorted()).toEqual(files.toSorted());
});

test('that of dispatch is one task that can run', () => {
  const [delivery, ...more] = deliveriesOf(sample('dispatch'), 'davit.local.reply.');
  expect(delivery).toMatchObject({
    kind: 'task',
    submission: { taskId: 'sample-1', request: { tool: 'echo' } },
  });
  expect(more).toEqual([]);
});

test('that of settle is the end of a run of this stage', () => {
  const { seen, ignored } = ecsRecordsOf(sample('settle'), familiesOf('local'));
  expect(ignored).toEqual([]);
  expect(seen).toMatchObject([
    { taskId: 'sample-1', run: 1, sighting: { status: 'stopped', stop: { exitCode: 0 } } },
  ]);
});

test('that of control is a question that changes nothing', () => {
  expect(asksOf(sample('control'), 'davit.local.reply.')).toEqual({ invoked: { ask: 'backlog' } });
});

test('those of sweep and release are what EventBridge sends; topology is invoked by hand', () => {
  expect(sample('sweep')).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event' });
  expect(sample('release')).toMatchObject({
    source: 'aws.ssm',
    'detail-type': 'Parameter Store Change',
    detail: { name: '/davit/local/tools/echo/version' },
  });
  expect(sample('topology')).toEqual({});
});

test('a second one for sweep is the end of a pause, as EventBridge sends it', () => {
  const { event } = readArgs(['sweep', 'events/pause-ended.json'], root);
  expect(event).toMatchObject({ 'detail-type': 'Parameter Store Change' });
  expect(parameterChangeOf(event)).toEqual({ kind: 'tool', tool: 'echo' });
});

test('no sample holds a key or a password', () => {
  for (const file of globSync('events/*', { cwd: root })) {
    expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/AKIA|password|secret/i);
  }
});
