import { expect, test } from 'vitest';
import { cloudEventOf, refusedEventOf } from '../../shared/wire/cloud-event.ts';

test('an effect becomes a CloudEvents 1.0 document about its task', () => {
  const event = cloudEventOf(
    'task-1',
    {
      kind: 'notify',
      id: 'task-1/2/event.failed',
      run: 2,
      to: 'event',
      what: 'failed',
      at: Date.parse('2026-11-24T11:02:34.325Z'),
      sequence: 7,
      body: { tool: 'echo', run: 2, attempts: 2, tenant: 'default', exitCode: 64 },
    },
    '/davit/local',
  );
  expect(event).toMatchObject({
    contentType: 'application/cloudevents+json',
    id: 'task-1/2/event.failed',
    type: 'davit.task.failed',
  });
  expect(JSON.parse(event.json)).toEqual({
    specversion: '1.0',
    id: 'task-1/2/event.failed',
    source: '/davit/local',
    type: 'davit.task.failed',
    subject: 'task-1',
    time: '2026-11-24T11:02:34.325Z',
    sequence: 7,
    datacontenttype: 'application/json',
    data: {
      taskId: 'task-1',
      tool: 'echo',
      run: 2,
      attempts: 2,
      tenant: 'default',
      exitCode: 64,
    },
  });
});

test('a refused pin becomes one about its tool, with an id that only this pin has', () => {
  const refusal = { version: '9.9.9', why: 'there is no image', at: Date.UTC(2026, 10, 24, 12) };
  const event = refusedEventOf(
    { tool: 'echo', changedAt: Date.UTC(2026, 10, 24, 11), refusal },
    '/davit/local',
  );
  expect(JSON.parse(event.json)).toEqual({
    specversion: '1.0',
    id: 'release/echo/2026-11-24T11:00:00.000Z',
    source: '/davit/local',
    type: 'davit.release.refused',
    subject: 'echo',
    time: '2026-11-24T12:00:00.000Z',
    datacontenttype: 'application/json',
    data: { tool: 'echo', version: '9.9.9', why: 'there is no image' },
  });
});
