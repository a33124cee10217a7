import { describe, expect, it } from 'vitest';
import type { LaunchAnswer, Runs } from '../../shared/ports/runs.ts';
import { minute, noCapacity, second } from '../kit/facts.ts';
import { newWorld, type World } from '../kit/world.ts';

/** A world that answers its next RunTask calls like this, and the later ones by the model. */
const answering = (
  ...answers: readonly ((launch: Runs['launch']) => Runs['launch'])[]
): World & { readonly orders: readonly unknown[] } => {
  const world = newWorld();
  const orders: unknown[] = [];
  const left = [...answers];
  const { runs } = world.ports;
  const launch: Runs['launch'] = (order) => {
    orders.push(order);
    return (left.shift() ?? ((model) => model))(runs.launch)(order);
  };
  Object.assign(world.ports, { runs: { ...everythingOf(runs), launch } });
  return { ...world, orders };
};

const everythingOf = (runs: Runs): Runs => ({
  launch: (order) => runs.launch(order),
  describe: (arns) => runs.describe(arns),
  traces: (order) => runs.traces(order),
  list: (after) => runs.list(after),
  stop: (arn, why) => runs.stop(arn, why),
});

const says = (answer: LaunchAnswer) => () => async () => answer;
const denied = says({
  kind: 'refused',
  cause: 'deployment',
  why: 'AccessDeniedException',
});
/** ECS accepts the launch, and the answer is lost. */
const lost = (launch: Runs['launch']) => async (order: Parameters<Runs['launch']>[0]) => {
  await launch(order);
  return { kind: 'doubt', why: 'RunTask timed out' } as const;
};

const launched = async (world: World): Promise<void> => {
  world.submit('film-1');
  await world.dispatch();
};

const none = [0, 0] as const;
const atOnce = {
  provisioning: none,
  pending: none,
  activating: none,
  stopAsked: none,
  deactivating: none,
  stopping: none,
  deprovisioning: none,
};

describe('a launch', () => {
  it('is sent again with the same bytes when ECS’s answer was lost', async () => {
    const world = answering(lost, says({ kind: 'doubt', why: 'Rate exceeded' }));
    await launched(world);
    expect(world.row('film-1')).toMatchObject({ phase: 'LAUNCHING', doubt: { times: 1 } });
    expect(world.count('RunsInDoubt')).toBe(1);
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({ phase: 'LAUNCHING', doubt: { times: 2 } });
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1').phase).not.toBe('LAUNCHING');
    expect(world.launched()).toEqual(['film-1/1']);
    expect(world.orders).toHaveLength(3);
    expect(new Set(world.orders.map((order) => JSON.stringify(order))).size).toBe(1);
  });

  it('is sent again by a message that comes again', async () => {
    const world = answering(lost);
    await launched(world);
    await launched(world);
    expect(world.row('film-1').phase).toBe('STARTING');
    expect(world.launched()).toEqual(['film-1/1']);
  });

  it('keeps its bytes when another version is deployed in the meantime', async () => {
    const world = answering(lost);
    await launched(world);
    world.makeLive('2.0.0', { timeoutMs: minute });
    Object.assign(world.ports, { site: { ...world.ports.site, subnets: ['subnet-other'] } });
    await world.pass(minute);
    await world.sweep();
    expect(JSON.stringify(world.orders[1])).toBe(JSON.stringify(world.orders[0]));
    expect(world.row('film-1')).toMatchObject({ release: { version: '1.0.0' } });
  });

  it('is not sent again when the token may be invalid: the sweep looks for the run by its name', async () => {
    const world = answering(
      lost,
      ...Array.from({ length: 60 }, () => says({ kind: 'doubt', why: '' })),
    );
    await launched(world);
    await world.pass(46 * minute);
    await launched(world);
    expect(world.orders).toHaveLength(1);
    await world.sweep();
    expect(world.orders).toHaveLength(1);
    expect(world.row('film-1').phase).toBe('RUNNING');
  });

  it('is given up when ECS does not know the run twice, and begins again', async () => {
    const world = answering(says({ kind: 'doubt', why: 'RunTask timed out' }));
    await launched(world);
    await world.pass(46 * minute);
    await world.sweep();
    expect(world.row('film-1')).toHaveProperty('missingSince');
    await world.pass(5 * minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2, attempts: 0 });
    await world.dispatch();
    expect(world.launched()).toEqual(['film-1/2']);
  });

  it('stays in doubt when it is sent again and denied: ECS may know it from the first call', async () => {
    const world = answering(lost, denied);
    await launched(world);
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({ phase: 'LAUNCHING', run: 1, doubt: { times: 2 } });
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1').phase).toBe('STARTING');
    expect(world.launched()).toEqual(['film-1/1']);
    expect(world.count('RunsInDoubt')).toBe(2);
    expect(world.count('RunsRefused')).toBe(0);
  });

  it('is refused when its first call is denied, for a later run as for the first one', async () => {
    const world = answering(denied);
    await launched(world);
    expect(world.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      run: 2,
      hold: { by: 'deployment' },
    });
    const again = answering((model) => model, denied);
    await launched(again);
    await again.pass(second);
    again.runs.exit(again.arnOf('film-1'), 75);
    await again.pass(second);
    await again.settle();
    await again.pass(minute);
    await again.sweep();
    await again.dispatch();
    expect(again.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      run: 3,
      hold: { by: 'deployment' },
    });
  });

  it('is refused also when it is sent again, if ECS keeps the refusal under the token', async () => {
    const world = answering(
      lost,
      says({ kind: 'refused', cause: 'capacity', why: 'RESOURCE:MEMORY', isOfToken: true }),
    );
    await launched(world);
    await world.pass(minute);
    await world.sweep();
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', run: 2 });
  });

  it('stays in doubt when a dispatch sends the order of one that crashed, and is denied', async () => {
    const world = answering((model) => model, denied);
    world.submit('film-1');
    world.faults.failNext('tasks.save');
    await expect(world.dispatch()).rejects.toThrow(/go back/);
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'LAUNCHING', run: 1 });
    expect(world.launched()).toEqual(['film-1/1']);
  });

  it('does not take a search that failed for one that found nothing', async () => {
    const world = answering(lost);
    await launched(world);
    await world.pass(46 * minute);
    world.faults.failNext('runs.traces');
    await world.sweep();
    expect(world.count('SweepSetbacks')).toBe(1);
    expect(world.logged).toContainEqual({
      what: 'sweep.setback',
      facts: expect.objectContaining({ taskId: 'film-1' }),
    });
  });

  it('adopts the ECS task that a conflict names, if its run started it', async () => {
    const world = newWorld();
    const { runs } = world.ports;
    const launch: Runs['launch'] = async (order) => {
      const answer = await runs.launch(order);
      if (answer.kind !== 'accepted') return answer;
      return { kind: 'conflict', ecsTaskArns: [answer.ecsTaskArn] };
    };
    Object.assign(world.ports, { runs: { ...everythingOf(runs), launch } });
    await launched(world);
    expect(world.row('film-1').phase).toBe('STARTING');
  });

  it('stays in doubt when a conflict names the ECS task of another run', async () => {
    const world = answering(says({ kind: 'conflict', ecsTaskArns: ['arn:of:another'] }));
    await launched(world);
    expect(world.row('film-1')).toMatchObject({ phase: 'LAUNCHING', doubt: { times: 1 } });
  });

  /** A world whose container has ended with this code before RunTask answers. */
  const endingBefore = async (exitCode: number): Promise<World> => {
    const world = answering((launch) => async (order) => {
      const answer = await launch(order);
      if (answer.kind !== 'accepted') return answer;
      await world.pass(second);
      world.runs.exit(answer.ecsTaskArn, exitCode);
      await world.pass(second);
      return { kind: 'stopped', ecsTaskArn: answer.ecsTaskArn };
    });
    await launched(world);
    return world;
  };

  it('that is answered with a stopped task ends as ECS describes that task', async () => {
    const world = await endingBefore(64);
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', exitCode: 64 });
  });

  it.each([
    [64, 'FAILED', 'davit.task.failed'],
    [75, 'QUEUED', 'davit.task.requeued'],
  ] as const)(
    'that has ended with exit %i is told with its last lines, which the sweep reads',
    async (exitCode, phase, type) => {
      const world = await endingBefore(exitCode);
      expect(world.row('film-1')).toMatchObject({ phase });
      expect(world.sentTo('reply.web')).toEqual([]);
      expect(world.sentTo('davit.dead')).toHaveLength(phase === 'FAILED' ? 1 : 0);
      Object.assign(world.ports, { logs: { end: async () => ({ lines: ['no codec'] }) } });
      await world.pass(2 * minute);
      await world.settled(world.sweep());
      expect(world.row('film-1')).toMatchObject({ logTail: 'no codec', logTailRun: 1 });
      expect(world.sentTo('reply.web')).toEqual([type]);
      const [reply] = world.broker.ready('reply.web');
      const { data } = JSON.parse(Buffer.from(reply?.body ?? '', 'base64').toString());
      expect(data).toMatchObject({ logTail: 'no codec' });
    },
  );

  it('that has ended with success is told at once', async () => {
    const world = await endingBefore(0);
    expect(world.sentTo('reply.web')).toEqual(['davit.task.succeeded']);
  });

  it.each([
    ['release', 'version/echo/1.0.0'],
    ['deployment', 'deployment'],
  ] as const)('that is refused for %s waits until its cause is repaired', async (cause, by) => {
    const world = answering(says({ kind: 'refused', cause, why: 'ECS says no' }));
    await launched(world);
    expect(world.row('film-1')).toMatchObject({
      phase: 'QUEUED',
      run: 2,
      attempts: 0,
      hold: { by },
    });
    expect(world.broker.ready('davit.tasks')).toEqual([]);
    expect(world.count('RunsRefused')).toBe(1);
    await world.pass(minute);
    await world.sweep();
    await world.dispatch();
    expect(world.launched()).toEqual(['film-1/2']);
  });

  it('goes to the next placement when one has no capacity', async () => {
    const world = newWorld();
    world.runs.setAvailability('FARGATE_SPOT', {
      is: 'closed',
      reason: noCapacity,
      seen: 'at once',
    });
    await launched(world);
    await world.pass(30 * second);
    await world.sweep();
    await world.dispatch();
    expect(world.row('film-1')).toMatchObject({ phase: 'STARTING', run: 2, placement: 'cpu' });
  });

  it('that was cancelled meanwhile is still sent, also after startWithin, and stopped if it does not run yet', async () => {
    const world = newWorld({
      spec: { startWithinMs: 3 * minute },
      ecs: { delaysMs: { ...atOnce, pending: [30 * second, 30 * second] } },
    });
    world.faults.breakDown('runs.launch');
    world.submit('film-1');
    await expect(world.dispatch()).rejects.toThrow();
    world.faults.mend('runs.launch');
    await world.pass(4 * minute);
    await world.sweep();
    for (let sweeps = 0; sweeps < 4; sweeps += 1) {
      await world.pass(minute);
      await world.sweep();
    }
    expect(world.row('film-1')).toMatchObject({ phase: 'FAILED', outcome: 'notStarted' });
    expect(world.runs.living()).toEqual([]);
  });

  it('counts as launched only when it moved the row', async () => {
    const world = newWorld();
    await launched(world);
    await launched(world);
    await launched(world);
    expect(world.count('RunsLaunched')).toBe(1);
  });
});
