import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecsRecordsOf, failedItems } from '../../shared/wire/ecs-event.ts';
import { seenIn, sightingOf } from '../../shared/wire/ecs-sighting.ts';

const taskArn = 'arn:aws:ecs:eu-central-1:123456789012:task/davit-local/a1173316d40a45dea9';

const families = 'davit_test_';
const taskDefinitionArn =
  'arn:aws:ecs:eu-central-1:123456789012:task-definition/davit_test_echo_1_0_0_fargate:1';

const container = (rest: object = {}) => ({ name: 'tool', lastStatus: 'RUNNING', ...rest });

const guard = { name: 'aws-guardduty-agent-x1', cpu: 'null', exitCode: 0, lastStatus: 'STOPPED' };

const detail = (rest: object = {}) => ({
  attachments: [{ id: 'a', type: 'eni', status: 'ATTACHED', details: [] }],
  containers: [guard, container()],
  createdAt: '2026-11-24T11:02:13.877Z',
  desiredStatus: 'RUNNING',
  lastStatus: 'RUNNING',
  startedAt: '2026-11-24T11:02:34.325Z',
  startedBy: 'task-1/2',
  taskArn,
  taskDefinitionArn,
  version: 3,
  ...rest,
});

const stopped = (rest: object = {}) =>
  detail({
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [guard, container({ lastStatus: 'STOPPED', exitCode: 75, reason: 'OutOf…' })],
    ...rest,
  });

const sqs = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body, n) => ({
    messageId: `m-${n}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});

const envelope = (inner: unknown) => ({
  version: '0',
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  detail: inner,
});

describe('what is seen of an ECS task', () => {
  test('our container is found by its name, not by its position', () => {
    expect(sightingOf(stopped())?.stop).toEqual({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      exitCode: 75,
      containerReason: 'OutOf…',
    });
  });

  test('without our container, or without its exit code, there is no exit code', () => {
    expect(sightingOf(stopped({ containers: [guard] }))?.stop).not.toHaveProperty('exitCode');
    const killed = stopped({ containers: [container({ exitCode: null }), guard] });
    expect(sightingOf(killed)?.stop).not.toHaveProperty('exitCode');
    expect(sightingOf(stopped({ containers: undefined }))?.status).toBe('stopped');
  });

  test.each([
    ['PROVISIONING', undefined, 'starting'],
    ['PENDING', undefined, 'starting'],
    ['ACTIVATING', undefined, 'starting'],
    ['RUNNING', '2026-11-24T11:02:34Z', 'running'],
    ['RUNNING', undefined, 'running'],
    ['DEACTIVATING', '2026-11-24T11:02:34Z', 'running'],
    ['STOPPING', '2026-11-24T11:02:34Z', 'running'],
    ['DEPROVISIONING', '2026-11-24T11:02:34Z', 'running'],
    ['DEPROVISIONING', undefined, 'starting'],
    ['STOPPED', '2026-11-24T11:02:34Z', 'stopped'],
    ['STOPPED', undefined, 'stopped'],
    ['DELETED', undefined, 'stopped'],
    ['SOMETHING_NEW', undefined, 'starting'],
  ])('%s, started at %s, is %s', (lastStatus, startedAt, status) => {
    expect(sightingOf(detail({ lastStatus, startedAt }))?.status).toBe(status);
  });

  test('a stop code before STOPPED is not a stop yet (the notice of a Spot host)', () => {
    const notice = detail({ desiredStatus: 'STOPPED', stopCode: 'SpotInterruption' });
    expect(sightingOf(notice)).toEqual({
      ecsTaskArn: taskArn,
      ecsVersion: 3,
      status: 'running',
      startedAt: Date.parse('2026-11-24T11:02:34.325Z'),
    });
  });

  test.each([
    ['an ISO text', '2026-11-24T11:02:34.325Z'],
    ['a Date', new Date('2026-11-24T11:02:34.325Z')],
    ['epoch seconds', Date.parse('2026-11-24T11:02:34.325Z') / 1000],
  ])('a time is read from %s', (_kind, startedAt) => {
    const time = Date.parse('2026-11-24T11:02:34.325Z');
    expect(seenIn(detail({ startedAt, createdAt: startedAt }))).toMatchObject({
      createdAt: time,
      startedBy: 'task-1/2',
      sighting: { startedAt: time },
    });
  });

  test('an invalid time is left out', () => {
    expect(sightingOf(detail({ startedAt: 'soon' }))).not.toHaveProperty('startedAt');
  });

  test('the repeated event of a stopped task without a version is not a sighting', () => {
    expect(
      sightingOf({ taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }),
    ).toBeUndefined();
  });
});

describe('the records of an SQS batch', () => {
  test('a state change of a run of ours names task and run', () => {
    expect(ecsRecordsOf(sqs(envelope(detail())), families)).toEqual({
      seen: [
        {
          id: 'm-0',
          taskId: 'task-1',
          run: 2,
          sighting: expect.objectContaining({ status: 'running' }),
        },
      ],
      ignored: [],
    });
  });

  test.each([
    ['not JSON', 'hello', 'Expected an ECS Task State Change, but got "hello"'],
    ['nothing', '', 'got an empty text'],
    ['another event', { ...envelope(detail()), source: 'aws.ssm' }, 'Expected an ECS Task'],
    [
      'a task of a service',
      envelope(detail({ startedBy: 'ecs-svc/4519823749812374981' })),
      'a run of this stage',
    ],
    ['a task of another person', envelope(detail({ startedBy: 'me' })), 'a run of this stage'],
    [
      'a task without a startedBy',
      envelope(detail({ startedBy: undefined })),
      'a run of this stage',
    ],
    [
      'a task of another stage with a name like ours',
      envelope(
        detail({ taskDefinitionArn: taskDefinitionArn.replace('davit_test_', 'davit_prod_') }),
      ),
      'a run of this stage',
    ],
    ['no version', envelope(detail({ version: undefined })), 'a status and a version'],
  ])('%s is ignored on its own, with the reason', (_what, body, why) => {
    const { seen, ignored } = ecsRecordsOf(sqs(body, envelope(detail())), families);
    expect(ignored).toEqual([{ id: 'm-0', why: expect.stringContaining(why) }]);
    expect(seen).toMatchObject([{ id: 'm-1' }]);
  });

  test('failed messages are named to SQS by their ids', () => {
    expect(failedItems(['m-0'])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  });

  test('an event of another trigger is a fault of the deployment', () => {
    expect(() => ecsRecordsOf({ rmqMessagesByQueue: {} }, families)).toThrow('Records');
  });

  test('whatever the bodies are, there is one answer for each', () => {
    const odd = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((part) => JSON.stringify(envelope({ ...detail(), ...part }))),
      fc
        .dictionary(fc.constantFrom(...Object.keys(stopped())), fc.jsonValue())
        .map((part) => JSON.stringify(envelope({ ...stopped(), ...part }))),
    );
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 4 }), (bodies) => {
        const { seen, ignored } = ecsRecordsOf(sqs(...bodies), families);
        expect(seen.length + ignored.length).toBe(bodies.length);
      }),
      { numRuns: 500 },
    );
  });
});
