import { expect, test } from 'vitest';
import { cloudEventOf, refusedEventOf } from '../../shared/wire/cloud-event.ts';
import { onward, samples } from '../kit/samples.ts';

test('an effect becomes a CloudEvents 1.0 document about its task', () => {
  const event = cloudEventOf(
    { ...samples.FAILED, taskId: 'task-1' },
    {
      id: 'task-1/2/event.failed',
      run: 2,
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

test('the event of an end has what the row knows of the result of that run, with every digit', () => {
  const effect = {
    id: 'film-1/2/reply.succeeded',
    run: 2,
    what: 'succeeded',
    at: Date.parse('2026-11-24T11:02:34.325Z'),
    sequence: 7,
    body: { run: 2, attempts: 1, tenant: 'default' },
  } as const;
  const row = { ...samples.SUCCEEDED, run: 2, result: '{"n":12345678901234567890}' };
  expect(cloudEventOf(row, effect, '/davit/local').json).toContain(
    '"result":{"n":12345678901234567890}',
  );
  expect(cloudEventOf({ ...row, run: 3 }, effect, '/davit/local').json).not.toContain('result');
  const missing = { kind: 'resultRead', run: 1, missing: 'why' } as const;
  const without = { ...onward(samples.SUCCEEDED, [0, missing]), run: 2 };
  const { json } = cloudEventOf(without, effect, '/davit/local');
  expect(JSON.parse(json).data).toMatchObject({ resultMissing: 'why' });
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
