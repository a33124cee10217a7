import { expect, it } from 'vitest';
import { parameterChangeOf } from '../../shared/wire/parameter-change.ts';

const eventOf = (name: string) => ({
  source: 'aws.ssm',
  'detail-type': 'Parameter Store Change',
  detail: { operation: 'Delete', name, type: 'String', description: '' },
});

it.each([
  ['/davit/prod/tools/echo/paused', { kind: 'tool', tool: 'echo' }],
  ['/davit/prod/tools/echo/live', { kind: 'tool', tool: 'echo' }],
  ['/davit/prod/paused', { kind: 'all' }],
  ['/davit/prod/tools/echo/version', { kind: 'other' }],
  ['/davit/prod/tools/echo/spec', { kind: 'other' }],
  ['/davit/prod/tools/paused', { kind: 'other' }],
  ['/other/paused', { kind: 'other' }],
])('a change of %s says what may be launched since', (name, change) => {
  expect(parameterChangeOf(eventOf(name))).toEqual(change);
});

it('another event is no change of a parameter', () => {
  const schedule = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
  expect([schedule, {}, undefined, 'text'].map(parameterChangeOf)).toEqual(
    Array.from({ length: 4 }),
  );
});
