/*
 * Attacker: a person who may write the parameters of tools in SSM, or edit items of the task table by hand, on purpose or by mistake.
 * Goal: with one value that no one expects (1e300, a time in the year 9999, a text of 300 KB), to stop every tool, or to
 * leave work waiting without a reason.
 * What remains possible: the attacker's own tool waits, with a sentence that says what to repair (metric ToolsUnreadable),
 * and the edited row is not changed, but counted (RowsUnreadable) and logged. All other tools and rows go on as before.
 * Not prevented: a writer of the table may also delete rows, or remove the attributes by which the sweep finds them.
 */
import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { releasePins } from '../../shared/aws/release-pins.ts';
import { itemOf } from '../../shared/aws/row.ts';
import { taskIn } from '../../shared/aws/task-item.ts';
import { ssmTools } from '../../shared/aws/tools.ts';
import { isEnded, type Task } from '../../shared/core/task.ts';
import type { Release } from '../../shared/core/tool.ts';
import { dispatchAll } from '../../shared/flows/dispatch.ts';
import { logUnreadable } from '../../shared/flows/log-unreadable.ts';
import { releaseAll } from '../../shared/flows/release.ts';
import { settleAll } from '../../shared/flows/settle.ts';
import { ecsRecordsOf } from '../../shared/wire/ecs-event.ts';
import { liveText } from '../../shared/wire/live.ts';
import { deliveriesOf } from '../../shared/wire/rabbit-event.ts';
import { storedFields } from '../../shared/wire/stored-time.ts';
import { versionRecordOf } from '../../shared/wire/version-record.ts';
import { extremes, type Path, pathsIn, valueAt, withAt } from '../kit/extremes.ts';
import { arnOf, hour, minute, releaseNamed, sampleSpec, second } from '../kit/facts.ts';
import { itemWith, parametersIn, prefix, releaseOfTool } from '../kit/pinner.ts';
import { everySample, samples } from '../kit/samples.ts';
import { families } from '../kit/site.ts';
import { newWorld, type World } from '../kit/world.ts';
import { memoryReleases } from '../memory/releases.ts';

const day = 24 * hour;
/** Longer than any spec lets a row wait. */
const longestWait = 31 * day;

/** Any record of these with any extreme value at any of its places: numbers and times more often than the rest. */
const spoiled = (records: readonly unknown[], isOpen: (path: Path) => boolean = () => true) => {
  const places = records.flatMap((record) =>
    pathsIn(record)
      .filter(isOpen)
      .map((path) => ({ record, path })),
  );
  const measures = places.filter(({ record, path }) => isMeasure(valueAt(record, path)));
  return fc
    .tuple(
      fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom(...measures) },
        { weight: 1, arbitrary: fc.constantFrom(...places) },
      ),
      fc.constantFrom(...extremes),
    )
    .map(([{ record, path }, value]) => withAt(record, path, value));
};

const isMeasure = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^\d{4}-\d\d-/.test(value));

/** Every row that has not ended has a time of its next check and a reason to wait; a row that cannot be read was counted. */
const checkRows = (world: World, taskIds: readonly string[]): void => {
  for (const taskId of taskIds) {
    const item = world.tasks.item(taskId);
    expect(item, taskId).toBeDefined();
    let task: Task;
    try {
      task = taskIn(item ?? {}).task;
    } catch {
      // A row that has ended and whose outbox is empty is not checked again.
      if (item?.dueIn === undefined && item?.outboxIn === undefined) continue;
      expect(world.count('RowsUnreadable')).toBeGreaterThan(0);
      expect(world.names()).toContain('row.unreadable');
      continue;
    }
    if (isEnded(task)) continue;
    const { dueAt = '', waitingFor = '' } = unmarshall(item ?? {});
    expect(waitingFor).not.toBe('');
    expect(Date.parse(dueAt)).toBeLessThan(world.clock.now() + longestWait);
  }
};

/** A day of all functions; none of them fails. Containers end as soon as they run: those of `wrongIds` in a way that is tried again. */
const liveOn = async (world: World, wrongIds: readonly string[] = []): Promise<void> => {
  for (const ms of [second, minute, minute, 10 * minute, hour, 5 * hour, day]) {
    await world.pass(ms);
    await world.settle();
    for (const { arn, startedBy = '' } of world.runs.living()) {
      const isWrong = wrongIds.some((taskId) => startedBy.startsWith(`${taskId}/`));
      world.runs.exit(arn, isWrong ? 75 : 0);
    }
    await world.pass(second);
    await world.settle();
    await world.settled(world.sweep());
    await world.dispatch();
  }
};

const versionItem = {
  ...releaseNamed('1.0.0'),
  specVersion: 1,
  registeredAt: Date.UTC(2026, 10, 1),
  provenAt: Date.UTC(2026, 10, 2),
  movedFrom: { imageDigest: `sha256:${'a'.repeat(64)}`, at: Date.UTC(2026, 10, 1) },
  imageDigest: `sha256:${'b'.repeat(64)}`,
  definitionDigest: 'c'.repeat(64),
  failedStarts: 0,
};

const fullSpec = {
  ...sampleSpec,
  exitCodes: { 3: 'fail' as const },
  maxRunning: 3,
  maxPerTenant: 1,
  command: ['-i', '{input.url}'],
  environment: { LANG: 'C.UTF-8' },
  secrets: { KEY: 'arn:aws:ssm:eu-central-1:123456789012:parameter/film/key' },
  diskGiB: 30,
  architecture: 'arm64' as const,
};

const liveOfRelease = (release: Release) => ({
  release,
  pinVersion: 1,
  specVersion: 1,
  changedAt: Date.UTC(2026, 10, 24),
  definitionDigest: 'c'.repeat(64),
  refusal: { version: '2.0.0', why: 'there is no image', at: Date.UTC(2026, 10, 24) },
});

interface Records {
  readonly spec: string;
  readonly live?: string;
  readonly version?: object;
}

/** A world in which the tool `evil` has these records, beside echo with its own. */
const worldWith = (records: (release: Release) => Records): World => {
  const world = newWorld();
  const { spec, live, version } = records(releaseOfTool(world, 'evil'));
  const echo = releaseOfTool(world, 'echo');
  const values = new Map([
    ['echo/spec', JSON.stringify(echo.spec)],
    ['echo/live', liveText(liveOfRelease(echo))],
    ['evil/spec', spec],
    ...(live === undefined ? [] : [['evil/live', live] as const]),
  ]);
  const tools = ssmTools({
    client: parametersIn(values),
    prefix,
    readVersion: async () => version && versionRecordOf({ ...version }),
    now: world.clock.now,
    logUnreadable: (name, facts) => logUnreadable(world.ports, name, facts),
  });
  Object.assign(world.ports, { tools });
  return world;
};

const publishThree = (world: World, body: object): void => {
  world.submit('good-1');
  world.submit('bad-1', { tool: 'evil', ...body });
  world.submit('good-2');
};

/** One batch with a task of the spoiled tool between two others: those run at once, and it waits or runs, as a row says. */
const attack = async (world: World, body: object = {}): Promise<void> => {
  publishThree(world, body);
  await world.dispatch();
  for (const taskId of ['good-1', 'good-2']) expect(world.row(taskId).phase).toBe('STARTING');
  checkRows(world, ['bad-1']);
  await liveOn(world, ['bad-1']);
  for (const taskId of ['good-1', 'good-2']) expect(world.row(taskId).phase).toBe('SUCCEEDED');
  checkRows(world, ['bad-1']);
};

const few = { numRuns: 60 };

describe('a tool with a value out of range', () => {
  it('makes only its own tasks wait, and is counted: startWithinMs', async () => {
    const spec = JSON.stringify({ ...sampleSpec, startWithinMs: 1e300 });
    const world = worldWith(() => ({ spec }));
    await attack(world);
    expect(world.count('ToolsUnreadable')).toBeGreaterThan(0);
    expect(world.names()).toContain('spec.unreadable');
  });

  it('leaves no row RUNNING forever: delaysMs', async () => {
    const spec = JSON.stringify(sampleSpec);
    const world = worldWith((release) => ({
      spec,
      live: liveText(liveOfRelease({ ...release, spec: { ...release.spec, delaysMs: [9e15] } })),
    }));
    await attack(world);
    expect(world.row('bad-1').phase).not.toBe('RUNNING');
    expect(world.count('ToolsUnreadable')).toBeGreaterThan(0);
    expect(world.names()).toContain('live.unreadable');
  });

  it('stops no other tool, with any value in spec', async () => {
    await fc.assert(
      fc.asyncProperty(spoiled([fullSpec]), async (record) => {
        await attack(worldWith(() => ({ spec: JSON.stringify(record) })));
      }),
      few,
    );
  }, 120_000);

  it('stops no other tool, with any value in live', async () => {
    const sample = JSON.parse(
      liveText(liveOfRelease({ ...releaseNamed('1.0.0', fullSpec), tool: 'evil' })),
    );
    await fc.assert(
      fc.asyncProperty(
        spoiled([sample], (path) => !path.includes('definitions')),
        async (record) => {
          const world = worldWith((release) => ({
            spec: JSON.stringify(sampleSpec),
            live: JSON.stringify(withAt(record, ['release', 'definitions'], release.definitions)),
          }));
          await attack(world, { input: { url: 's3://films/1' } });
        },
      ),
      few,
    );
  }, 120_000);

  it('stops no other tool, with any value in the item of a version', async () => {
    const sample = storedFields({ ...versionItem, spec: fullSpec, tool: 'evil' });
    await fc.assert(
      fc.asyncProperty(spoiled([sample]), async (record) => {
        const world = worldWith((release) => ({
          spec: JSON.stringify(sampleSpec),
          live: liveText(liveOfRelease(release)),
          version: Object(record),
        }));
        await attack(world, { version: '1.0.0', input: { url: 's3://films/1' } });
      }),
      few,
    );
  }, 120_000);

  it('does not prevent the release of another tool', async () => {
    const live = JSON.parse(liveText(liveOfRelease(releaseNamed('1.0.0'))));
    const fields = { spec: fullSpec, live };
    await fc.assert(
      fc.asyncProperty(
        spoiled([fields], (path) => path.length > 1),
        async (record) => {
          const { spec, live } = record as typeof fields;
          const releases = memoryReleases();
          for (const version of ['1.0.0', '1.1.0'])
            releases.push('echo', version, `sha256:${version}`);
          const client = parametersIn(
            new Map([
              ['evil/spec', JSON.stringify(spec)],
              ['evil/live', JSON.stringify(live)],
              ['evil/version', '1.1.0'],
              ['good/spec', JSON.stringify(sampleSpec)],
              ['good/version', '1.1.0'],
            ]),
          );
          const { ports } = newWorld();
          const outcomes = await releaseAll({
            ...ports,
            refusals: { put: async () => ({ kind: 'sent' }) },
            releases: { ...releases, ...releasePins({ client, prefix }) },
          });
          expect(outcomes).toContainEqual({ tool: 'good', kind: 'live', version: '1.1.0' });
        },
      ),
      few,
    );
  }, 60_000);

  it('is written again by the next pin: the item of a version', async () => {
    const releases = memoryReleases();
    releases.setSpec('echo', sampleSpec);
    releases.push('echo', '1.0.0', 'sha256:1');
    releases.pin('echo', '1.0.0');
    const world = newWorld();
    const outcomes = await releaseAll({
      ...world.ports,
      refusals: { put: async () => ({ kind: 'sent' }) },
      releases: { ...releases, readVersion: async () => versionRecordOf({ failedStarts: 1e300 }) },
    });
    expect(outcomes).toEqual([{ tool: 'echo', kind: 'live', version: '1.0.0' }]);
    expect(await releases.readVersion('echo', '1.0.0')).toMatchObject({ failedStarts: 0 });
    expect(world.count('ToolsUnreadable')).toBe(1);
    expect(world.names()).toContain('version.unreadable');
  });
});

const derived = new Set(['dueAt', 'dueIn', 'outboxAt', 'outboxIn', 'waitingFor', 'waitingSince']);
const isOfRow = ([name]: Path): boolean =>
  typeof name === 'string' && !derived.has(name) && name !== 'taskId';

/** Rows of every kind, as the table has them. */
const rows = everySample.flatMap(([, task]) => {
  if (task === undefined) return [];
  const deferredUntil = task.updatedAt + minute;
  return [task, { ...task, deferredUntil }].map((one) => itemOf({ ...one, taskId: 'film-1' }));
});

const records = (taskId: string, run: number) =>
  (['running', 'stopped'] as const).map((status, index) => ({
    id: `${taskId}-${status}`,
    taskId,
    run,
    sighting: {
      ecsTaskArn: arnOf(run),
      ecsVersion: 20 + index,
      status,
      ...(status === 'stopped'
        ? { stop: { stopCode: 'EssentialContainerExited', exitCode: 75 } }
        : {}),
    },
  }));

describe('a row that was edited by hand', () => {
  it('waits with a reason or is counted, and no other row waits for it', async () => {
    const attempt = fc.tuple(spoiled(rows, isOfRow), fc.boolean());
    await fc.assert(
      fc.asyncProperty(attempt, async ([record, hasFacts]) => {
        const world = newWorld();
        await world.pass(25 * hour);
        world.tasks.edit('film-1', itemWith(Object(record)));
        world.submit('good-1');
        if (hasFacts) world.submit('film-1');
        await world.dispatch();
        await liveOn(world);
        if (hasFacts) {
          const failed = await settleAll(records('film-1', 1), world.ports);
          expect(failed.filter((id) => !id.startsWith('film-1'))).toEqual([]);
          await liveOn(world);
        }
        expect(taskIn(world.tasks.item('good-1') ?? {}).task.phase).toBe('SUCCEEDED');
        checkRows(world, ['film-1']);
      }),
      { numRuns: 150 },
    );
  }, 170_000);

  it('is found and counted also when its times would hide it and no further event or message names it', async () => {
    const { RUNNING: task } = samples;
    const far = '2190-01-01T00:00:00.000Z';
    for (const edited of [
      { startedAt: far },
      { startedAt: far, updatedAt: far },
      { deferredUntil: far },
    ]) {
      const world = newWorld();
      world.tasks.edit('film-1', itemWith({ ...itemOf(task), ...edited }));
      await liveOn(world);
      expect(world.count('RowsUnreadable')).toBeGreaterThan(0);
      expect(JSON.stringify(world.logged)).toMatch(/row\.unreadable.*film-1.*31 days/);
    }
  });
});

const ecsEvent = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  detail: {
    taskArn: arnOf(1),
    taskDefinitionArn: `arn:aws:ecs:eu-central-1:123456789012:task-definition/${families}echo_1_0_0_fargate:1`,
    lastStatus: 'RUNNING',
    version: 3,
    startedBy: 'film-1/1',
    createdAt: '2026-11-24T14:00:01Z',
    startedAt: '2026-11-24T14:00:30Z',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'tool', exitCode: 1, reason: 'no reason' }],
  },
};

describe('an extreme value from AWS or the broker', () => {
  it('does not keep settle from the other records of a batch, when it is in an event of ECS', async () => {
    const stoppedEvent = withAt(ecsEvent, ['detail', 'lastStatus'], 'STOPPED');
    await fc.assert(
      fc.asyncProperty(spoiled([ecsEvent, stoppedEvent]), async (record) => {
        const world = newWorld();
        for (const taskId of ['film-1', 'good-1']) world.submit(taskId);
        await world.dispatch();
        const event = withAt(record, ['detail', 'taskArn'], world.arnOf('film-1'));
        const bodies = [event, ...world.runs.takeEvents()];
        const Records = bodies.map((body, index) => ({
          messageId: `m-${index}`,
          body: JSON.stringify(body),
        }));
        expect(await settleAll(ecsRecordsOf({ Records }, families).seen, world.ports)).toEqual([]);
        checkRows(world, ['film-1']);
        await liveOn(world, ['film-1']);
        checkRows(world, ['film-1']);
        expect(world.count('RowsUnreadable')).toBe(0);
        expect(world.row('good-1').phase).toBe('SUCCEEDED');
      }),
      few,
    );
  }, 120_000);

  it('does not keep dispatch from the other messages of a batch, when it is in the properties of one', async () => {
    const body = (text: string) => Buffer.from(text).toString('base64');
    const message = {
      basicProperties: {
        messageId: 'bad-1',
        priority: 3,
        replyTo: 'replies',
        correlationId: 'c-1',
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        type: 'film',
        appId: 'films',
        headers: { 'davit-run': 1, 'x-death': [{ reason: 'expired', count: 1 }], plain: 4 },
        expiration: '60000',
        timestamp: 'Nov 24, 2026, 2:00:00 PM',
        deliveryMode: 2,
      },
      redelivered: false,
      data: body('{"tool":"echo","cpu":512,"memoryMiB":1024,"tenant":"t","version":"1.0.0"}'),
    };
    const good = { basicProperties: { messageId: 'good-1' }, data: body('{"tool":"echo"}') };
    await fc.assert(
      fc.asyncProperty(spoiled([message]), async (record) => {
        const world = newWorld();
        const event = { rmqMessagesByQueue: { 'davit.tasks::/': [record, good] } };
        await dispatchAll(deliveriesOf(event, 'reply.'), world.ports);
        await liveOn(world);
        expect(world.row('good-1').phase).toBe('SUCCEEDED');
        checkRows(
          world,
          world.tasks.rows().map(({ taskId }) => taskId),
        );
      }),
      few,
    );
  }, 120_000);
});
