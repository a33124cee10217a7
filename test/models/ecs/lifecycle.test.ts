import { describe, expect, it } from 'vitest';
import { livingTasks, nextTickAt } from '../../../models/ecs/ecs.ts';
import type { LifecycleDelays } from '../../../models/ecs/options.ts';
import {
  cluster,
  definition,
  describeTask,
  newReadyWorld,
  newWorld,
  runInput,
  startRunningTask,
  startTask,
  statusesOf,
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
  world.ask('StopTask', { cluster, task, ...(reason === undefined ? {} : { reason }) });

const kinds = (world: World) => world.orders.map((order) => order.kind);

describe('a task that runs to its end', () => {
  it('has every status, each with one event and one version', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    expect(statusesOf(world, taskArn)).toEqual([
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
    expect(describeTask(world, taskArn)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'tool', exitCode: 0, lastStatus: 'STOPPED' }],
    });
    expect(kinds(world)).toEqual(['start']);
  });

  it('stays in each status as long as the options say', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const born = world.now;
    const taskArn = startTask(world);
    expect(nextTickAt(world.state)).toBe(born + 10);
    world.pass(1000);
    expect(describeTask(world, taskArn)).toMatchObject({
      lastStatus: 'ACTIVATING',
      pullStartedAt: (born + 10) / 1000,
      pullStoppedAt: (born + 30) / 1000,
    });
    expect(nextTickAt(world.state)).toBeUndefined();
    world.report({ kind: 'started', taskArn });
    world.pass(29);
    expect(describeTask(world, taskArn)?.lastStatus).toBe('ACTIVATING');
    world.pass(1);
    expect(describeTask(world, taskArn)?.startedAt).toBe(world.now / 1000);
    world.report({ kind: 'exited', taskArn, exitCode: 3 });
    world.pass(6 + 7 + 8);
    expect(describeTask(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      executionStoppedAt: (world.now - 21) / 1000,
      stoppedAt: world.now / 1000,
    });
  });

  it('can end before it is RUNNING, and then has no startedAt', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const taskArn = startTask(world);
    world.pass(1000);
    world.report({ kind: 'started', taskArn });
    world.report({ kind: 'exited', taskArn, exitCode: 75 });
    world.pass(1000);
    expect(statusesOf(world, taskArn)).not.toContain('RUNNING/RUNNING');
    const task = describeTask(world, taskArn);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 75 }] });
    expect(task).not.toHaveProperty('startedAt');
  });

  it('shows in its container that memory ran out', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    world.report({ kind: 'exited', taskArn, exitCode: 137, outOfMemory: true });
    world.pass(0);
    expect(describeTask(world, taskArn)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [
        { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
      ],
    });
  });

  it('is described for an hour, then it is MISSING', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    world.pass(3_599_999);
    expect(describeTask(world, taskArn)?.lastStatus).toBe('STOPPED');
    world.pass(1);
    const output = world.ask('DescribeTasks', { cluster, tasks: [taskArn] });
    expect(output).toEqual({ tasks: [], failures: [{ arn: taskArn, reason: 'MISSING' }] });
  });
});

describe('a task that does not start', () => {
  it('has the reason and no exit code', () => {
    const world = newReadyWorld();
    const taskArn = startTask(world);
    world.pass(0);
    const reason = 'CannotPullContainerError: pull image manifest has been retried 5 time(s)';
    world.report({ kind: 'notStarted', taskArn, reason });
    world.pass(0);
    const task = describeTask(world, taskArn);
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
  it('sets desiredStatus immediately, then sends SIGTERM, and ends with the exit code of the container', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
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
    expect(describeTask(world, taskArn)?.lastStatus).toBe('STOPPING');
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(0);
    expect(describeTask(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      containers: [{ exitCode: 0 }],
    });
    expect(statusesOf(world, taskArn).slice(3)).toEqual([
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
    ['30 s by default', undefined, 30_000],
    ['the stopTimeout of the container', 90, 90_000],
    ['two minutes at most on Fargate', 120, 120_000],
  ])('sends SIGKILL once, after %s', (_what, stopTimeout, patienceMs) => {
    const world = newWorld();
    const [tool] = definition.containerDefinitions;
    const containerDefinitions = [stopTimeout === undefined ? tool : { ...tool, stopTimeout }];
    world.ask('RegisterTaskDefinition', { ...definition, containerDefinitions });
    const taskArn = startRunningTask(world);
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
    expect(describeTask(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      containers: [{ exitCode: 137 }],
    });
  });

  it('before the start order needs no container', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const taskArn = startTask(world);
    world.pass(15);
    stop(world, taskArn);
    world.pass(1000);
    expect(world.orders).toEqual([]);
    const task = describeTask(world, taskArn);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
    expect(task?.containers?.[0]).not.toHaveProperty('exitCode');
    expect(statusesOf(world, taskArn)).toEqual([
      'PROVISIONING/RUNNING',
      'PENDING/RUNNING',
      'PENDING/STOPPED',
      'DEPROVISIONING/STOPPED',
      'STOPPED/STOPPED',
    ]);
  });

  it('while the container starts waits for any report of the runtime', () => {
    for (const end of [
      { kind: 'exited', exitCode: 143 },
      { kind: 'notStarted', reason: 'gone before the start' },
    ] as const) {
      const world = newReadyWorld({ delaysMs: delays });
      const taskArn = startTask(world);
      world.pass(30);
      stop(world, taskArn);
      world.pass(1000);
      expect(kinds(world)).toEqual(['start', 'terminate']);
      if (end.kind === 'exited') world.report({ kind: 'started', taskArn });
      expect(describeTask(world, taskArn)?.lastStatus).toBe('STOPPING');
      world.report({ ...end, taskArn });
      world.pass(1000);
      expect(describeTask(world, taskArn)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
      });
    }
  });

  it('stays a stop, without SIGTERM, when the container ends first by itself', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const taskArn = startTask(world);
    world.pass(1000);
    world.report({ kind: 'started', taskArn });
    world.pass(1000);
    stop(world, taskArn);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    world.pass(1000);
    expect(kinds(world)).toEqual(['start']);
    expect(describeTask(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      containers: [{ exitCode: 0 }],
    });
  });

  it('keeps the first reason, and does not change a stopped task', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    stop(world, taskArn, 'first');
    stop(world, taskArn, 'second');
    world.reclaim(taskArn);
    world.pass(0);
    world.report({ kind: 'exited', taskArn, exitCode: 143 });
    world.pass(0);
    const before = world.events.length;
    expect(stop(world, taskArn, 'third').task).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'first',
    });
    expect(world.events).toHaveLength(before);
  });

  it('accepts the id of the task', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    expect(stop(world, taskArn.split('/').at(-1) ?? '').task?.taskArn).toBe(taskArn);
  });
});

describe('a machine that is reclaimed or lost', () => {
  it.each(['SpotInterruption', 'TerminationNotice'] as const)(
    'with a warning shows it while the task is still RUNNING, as %s',
    (stopCode) => {
      const world = newReadyWorld();
      const taskArn = startRunningTask(world);
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
      expect(describeTask(world, taskArn)).toMatchObject({
        lastStatus: 'STOPPED',
        stopCode,
        containers: [{ exitCode: 0 }],
      });
    },
  );

  it.each([
    ['Host EC2 (instance i-0123) terminated.', 'TerminationNotice'],
    ['The host was lost.', 'InfrastructureHealth'],
  ])('without a warning leaves no exit code: %s', (reason, stopCode) => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    world.report({ kind: 'hostLost', taskArn, reason });
    world.pass(0);
    const task = describeTask(world, taskArn);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode, stoppedReason: reason });
    expect(task?.containers?.[0]).not.toHaveProperty('exitCode');
    expect(kinds(world)).toEqual(['start']);
  });

  it('that is lost during a stop ends the stop', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    stop(world, taskArn, 'asked');
    world.pass(0);
    world.report({ kind: 'hostLost', taskArn, reason: 'The host was lost.' });
    world.pass(0);
    world.pass(60_000);
    expect(kinds(world)).toEqual(['start', 'terminate']);
    expect(describeTask(world, taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'asked',
    });
  });
});

describe('reports', () => {
  it('about unknown tasks, a second time, or too late change nothing', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
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

  it('decide which containers may be alive', () => {
    const world = newReadyWorld();
    const taskArn = startTask(world);
    const alive = () => livingTasks(world.state).map((task) => task.arn);
    expect(alive()).toEqual([]);
    world.pass(0);
    expect(alive()).toEqual([taskArn]);
    world.report({ kind: 'started', taskArn });
    world.pass(0);
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    expect(alive()).toEqual([]);
  });

  it('are applied after everything that was due before them', () => {
    const world = newReadyWorld({ delaysMs: delays });
    const taskArn = startTask(world);
    world.pass(1000);
    world.report({ kind: 'started', taskArn });
    world.now += 500;
    world.report({ kind: 'exited', taskArn, exitCode: 0 });
    expect(statusesOf(world, taskArn)).toContain('RUNNING/RUNNING');
  });

  it('of a task of several containers are about the first essential one', () => {
    const world = newWorld();
    const [tool] = definition.containerDefinitions;
    const logger = { name: 'logger', image: 'logger', essential: false };
    world.ask('RegisterTaskDefinition', { ...definition, containerDefinitions: [logger, tool] });
    const taskArn = startTask(world, runInput());
    world.pass(0);
    expect(world.orders).toMatchObject([{ container: 'tool' }]);
    world.report({ kind: 'started', taskArn });
    world.report({ kind: 'exited', taskArn, exitCode: 9 });
    world.pass(0);
    expect(describeTask(world, taskArn)?.containers).toMatchObject([
      { name: 'logger', exitCode: 0 },
      { name: 'tool', exitCode: 9 },
    ]);
  });
});
