import { expect, test } from 'vitest';
import { cloudEventOf } from '../../shared/wire/cloud-event.ts';

test('an effect is told as a CloudEvents 1.0 document about its task', () => {
  const event = cloudEventOf(
    'task-1',
    {
      kind: 'tell',
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
