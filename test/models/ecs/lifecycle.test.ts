import { describe, expect, it } from 'vitest';
import { livingTasks, nextTickAt } from '../../../models/ecs/ecs.ts';
import type { LifecycleDelays } from '../../../models/ecs/types.ts';
import {
  cluster,
  definition,
  described,
  newReadyWorld,
  newWorld,
  runInput,
  running,
  started,
  story,
  type World,
} from './kit.ts';

const delays: LifecycleDelays = {
  provisioning: [10, 10],
  pending: [20, 20],
  activating: [30, 30],
  stopAsked: [5, 5],
  deactivating: [6, 6],
  stopping: [7, 7],
  deprovisioning: [8, 8],
};

const stop = (world: World, task: string, reason?: string) =>
  world.ask('StopTask', { cluster: cluster, task, ...(reason === undefined ? {} : { reason }) });

const kinds = (world: World) => world.orders.map((order) => order.kind);

describe('a task that runs to its end', () => {
  it('passes through every status, one event and one version each', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    expect(story(world, taskArn)).toEqual([
      'PROVISIONING/RUNNING',
      'PENDING/RUNNING',
      'ACTIVATING/RUNNING',
      'RUNNING/RUNNING',
      'DEACTIVATING/STOPPED',
      'STOPPING/STOPPED',
      'DEPROVISIONING/STOPPED',
      'STOPPED/STOPPED',
    ]);
    expect(world.events.map((event) => event.detail.version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(described(world, taskArn)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'tool', exitCode: 0, lastStatus: 'STOPPED' }],
    });
    expect(kinds(world)).toEqual(['start']);
  });

  it('takes the time that the options say, each change at its own', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const born = world.now;
    const taskArn = started(world);
    expect(nextTickAt(world.state)).toBe(born + 10);
    world.pass(1000);
    expect(described(world, taskArn)).toMatchObject({
      lastStatus: 'ACTIVATING',
      pullStartedAt: (born + 10) / 1000,
      pullStoppedAt: (born + 30) / 1000,
    });
    expect(nextTickAt(world.state)).toBeUndefined();
    world.report({ kind: 'started', taskArn });
    world.pass(29);
    expect(described(world, taskArn)?.lastStatus).toBe('ACTIVATING');
    world.pass(1);
    expect(described(world, taskArn)?.startedAt).toBe(world.now / 1000);
    world.report({ kind: 'exited', taskArn, exitCode: 3 });
    world.pass(6 + 7 + 8);
    expect(described(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      executionStoppedAt: (world.now - 21) / 1000,
      stoppedAt: world.now / 1000,
    });
  });

  it('may end before it was seen running, and then has no start', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const taskArn = started(world);
    world.pass(1000);
    world.report({ kind: 'started', taskArn });
    world.report({ kind: 'exited', taskArn, exitCode: 75 });
    world.pass(1000);
    expect(story(world, taskArn)).not.toContain('RUNNING/RUNNING');
    const task = described(world, taskArn);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 75 }] });
    expect(task).not.toHaveProperty('startedAt');
  });

  it('says out of memory in the container', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    world.report({ kind: 'exited', taskArn, exitCode: 137, outOfMemory: true });
    world.pass(0);
    expect(described(world, taskArn)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [
        { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
      ],
    });
  });

  it('is described for an hour, then missing', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    world.pass(3_599_999);
    expect(described(world, taskArn)?.lastStatus).toBe('STOPPED');
    world.pass(1);
    const output = world.ask('DescribeTasks', { cluster: cluster, tasks: [taskArn] });
    expect(output).toEqual({ tasks: [], failures: [{ arn: taskArn, reason: 'MISSING' }] });
  });
});

describe('a task that does not start', () => {
  it('has the reason and no exit code', () => {
    const world = newReadyWorld();
    const taskArn = started(world);
    world.pass(0);
    const reason = 'CannotPullContainerError: pull image manifest has been retried 5 time(s)';
    world.report({ kind: 'notStarted', taskArn, reason });
    world.pass(0);
    const task = described(world, taskArn);
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: reason,
      containers: [{ reason, lastStatus: 'STOPPED' }],
    });
    expect(task?.containers?.[0]).not.toHaveProperty('exitCode');
    expect(task).not.toHaveProperty('startedAt');
  });
});

describe('a stop', () => {
  it('is wanted at once, then SIGTERM, then the end with the code of the container', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    const answer = stop(world, taskArn, 'cancelled by davit');
    expect(answer.task).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'cancelled by davit',
    });
    expect(kinds(world)).toEqual(['start']);
    world.pass(0);
    expect(kinds(world)).toEqual(['start', 'terminate']);
    expect(described(world, taskArn)?.lastStatus).toBe('STOPPING');
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    expect(described(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      containers: [{ exitCode: 0 }],
    });
    expect(story(world, taskArn).slice(3)).toEqual([
      'RUNNING/RUNNING',
      'RUNNING/STOPPED',
      'DEACTIVATING/STOPPED',
      'STOPPING/STOPPED',
      'STOPPING/STOPPED',
      'DEPROVISIONING/STOPPED',
      'STOPPED/STOPPED',
    ]);
  });

  it.each([
    ['30 s where the definition says nothing', undefined, 30_000],
    ['the stopTimeout of the container', 90, 90_000],
    ['two minutes at most on Fargate', 120, 120_000],
  ])('kills after %s, once', (_what, stopTimeout, patienceMs) => {
    const world = newWorld();
    const [tool] = definition.containerDefinitions;
    const containerDefinitions = [stopTimeout === undefined ? tool : { ...tool, stopTimeout }];
    world.ask('RegisterTaskDefinition', { ...definition, containerDefinitions });
    const taskArn = running(world);
    stop(world, taskArn);
    world.pass(0);
    world.pass(patienceMs - 1);
    expect(kinds(world)).toEqual(['start', 'terminate']);
    world.pass(1);
    expect(kinds(world)).toEqual(['start', 'terminate', 'kill']);
    world.pass(600_000);
    expect(kinds(world)).toHaveLength(3);
    world.report({ kind: 'exited', taskArn, exitCode: 137 });
    world.pass(0);
    expect(described(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      containers: [{ exitCode: 137 }],
    });
  });

  it('before the container was ordered needs no container', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const taskArn = started(world);
    world.pass(15);
    stop(world, taskArn);
    world.pass(1000);
    expect(world.orders).toEqual([]);
    const task = described(world, taskArn);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
    expect(task?.containers?.[0]).not.toHaveProperty('exitCode');
    expect(story(world, taskArn)).toEqual([
      'PROVISIONING/RUNNING',
      'PENDING/RUNNING',
      'PENDING/STOPPED',
      'DEPROVISIONING/STOPPED',
      'STOPPED/STOPPED',
    ]);
  });

  it('while the container starts waits for the runtime, whatever it says', () => {
    for (const end of [
      { kind: 'exited', exitCode: 143 },
      { kind: 'notStarted', reason: 'gone before the start' },
    ] as const) {
      const world = newReadyWorld({ delaysMs: delays });
      const taskArn = started(world);
      world.pass(30);
      stop(world, taskArn);
      world.pass(1000);
      expect(kinds(world)).toEqual(['start', 'terminate']);
      if (end.kind === 'exited') world.report({ kind: 'started', taskArn });
      expect(described(world, taskArn)?.lastStatus).toBe('STOPPING');
      world.report({ ...end, taskArn });
      world.pass(1000);
      expect(described(world, taskArn)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
      });
    }
  });

  it('that a container overtakes by its own end stays a stop, without SIGTERM', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const taskArn = started(world);
    world.pass(1000);
    world.report({ kind: 'started', taskArn });
    world.pass(1000);
    stop(world, taskArn);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(1000);
    expect(kinds(world)).toEqual(['start']);
    expect(described(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      containers: [{ exitCode: 0 }],
    });
  });

  it('keeps the first cause, and leaves a stopped task alone', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    stop(world, taskArn, 'first');
    stop(world, taskArn, 'second');
    world.reclaim(taskArn);
    world.pass(0);
    world.report({ kind: 'exited', taskArn, exitCode: 143 });
    world.pass(0);
    const told = world.events.length;
    expect(stop(world, taskArn, 'third').task).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'first',
    });
    expect(world.events).toHaveLength(told);
  });

  it('may name the task by its id', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    expect(stop(world, taskArn.split('/').at(-1) ?? '').task?.taskArn).toBe(taskArn);
  });
});

describe('a machine that is taken away', () => {
  it.each(['SpotInterruption', 'TerminationNotice'] as const)(
    'with a warning tells it while the task still runs, as %s',
    (stopCode) => {
      const world = newReadyWorld();
      const taskArn = running(world);
      world.reclaim(taskArn, stopCode);
      expect(world.events.at(-1)?.detail).toMatchObject({
        lastStatus: 'RUNNING',
        desiredStatus: 'STOPPED',
        stopCode,
        stoppedReason: 'Your Spot Task was interrupted.',
      });
      world.pass(0);
      expect(kinds(world)).toEqual(['start', 'terminate']);
      world.report({ kind: 'exited', taskArn, exitCode: 0 });
      world.pass(0);
      expect(described(world, taskArn)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode,
        containers: [{ exitCode: 0 }],
      });
    },
  );

  it.each([
    ['Host EC2 (instance i-0123) terminated.', 'TerminationNotice'],
    ['The host was lost.', 'InfrastructureHealth'],
  ])('without one leaves no exit code: %s', (reason, stopCode) => {
    const world = newReadyWorld();
    const taskArn = running(world);
    world.report({ kind: 'hostLost', taskArn, reason });
    world.pass(0);
    const task = described(world, taskArn);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode, stoppedReason: reason });
    expect(task?.containers?.[0]).not.toHaveProperty('exitCode');
    expect(kinds(world)).toEqual(['start']);
  });

  it('during a stop ends the stop', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    stop(world, taskArn, 'asked');
    world.pass(0);
    world.report({ kind: 'hostLost', taskArn, reason: 'The host was lost.' });
    world.pass(0);
    world.pass(60_000);
    expect(kinds(world)).toEqual(['start', 'terminate']);
    expect(described(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'asked',
    });
  });
});

describe('reports', () => {
  it('about nothing, twice, or too late change nothing', () => {
    const world = newReadyWorld();
    const taskArn = running(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    const before = world.state;
    world.report({ kind: 'exited', taskArn, exitCode: 1 });
    world.report({ kind: 'started', taskArn });
    world.report({ kind: 'notStarted', taskArn, reason: 'no' });
    world.report({ kind: 'hostLost', taskArn, reason: 'no' });
    world.report({ kind: 'exited', taskArn: 'arn:aws:ecs:nothing', exitCode: 1 });
    expect(world.state.tasks).toEqual(before.tasks);
  });

  it('decide which containers may live', () => {
    const world = newReadyWorld();
    const taskArn = started(world);
    const alive = () => livingTasks(world.state).map((task) => task.arn);
    expect(alive()).toEqual([]);
    world.pass(0);
    expect(alive()).toEqual([taskArn]);
    world.report({ kind: 'started', taskArn });
    world.pass(0);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    expect(alive()).toEqual([]);
  });

  it('come after all that was due before them', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const taskArn = started(world);
    world.pass(1000);
    world.report({ kind: 'started', taskArn });
    world.now += 500;
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    expect(story(world, taskArn)).toContain('RUNNING/RUNNING');
  });

  it('of a task of several containers are about the first essential one', () => {
    const world = newWorld();
    const [tool] = definition.containerDefinitions;
    const logger = { name: 'logger', image: 'logger', essential: false };
    world.ask('RegisterTaskDefinition', { ...definition, containerDefinitions: [logger, tool] });
    const taskArn = started(world, runInput());
    world.pass(0);
    expect(world.orders).toMatchObject([{ container: 'tool' }]);
    world.report({ kind: 'started', taskArn });
    world.report({ kind: 'exited', taskArn, exitCode: 9 });
    world.pass(0);
    expect(described(world, taskArn)?.containers).toMatchObject([
      { name: 'logger', exitCode: 0 },
      { name: 'tool', exitCode: 9 },
    ]);
  });
});
