/*
 * Attacker: a person or job that may pin versions, or that got write access to one of Davit's records: the SSM
 * parameter `live`, an item `#version/…`, a row. Goal: to have a foreign task definition run under a tool's name, with that
 * tool's input and the functions' right to launch; to pass a forged record off as the live one to operators; to write more
 * than pins. What remains possible: to choose which registered image of a tool runs (that is what a pin is), and, with write access to
 * `live` or to rows, everything in them that is not a task definition: sizes, times, environment, commands of that tool.
 */
import {
  GetParametersByPathCommand,
  GetParametersCommand,
  type Parameter,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { awsAccount } from '../../local/template/aws-account.ts';
import type { Resource } from '../../local/template/types.ts';
import { pinsOf } from '../../shared/aws/pins.ts';
import { ssmTools } from '../../shared/aws/tools.ts';
import type { VersionRecord } from '../../shared/core/release.ts';
import type { Release } from '../../shared/core/tool.ts';
import { decideLaunch } from '../../shared/flows/decide-launch.ts';
import { releaseAll } from '../../shared/flows/release.ts';
import { sendOrder } from '../../shared/flows/send-order.ts';
import type { Tools } from '../../shared/ports.ts';
import { liveText } from '../../shared/wire/live.ts';
import { parameterText } from '../../shared/wire/spec.ts';
import { releaseNamed } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { asAttached } from '../kit/simulate.ts';
import { echoSpec } from '../kit/site.ts';
import { compiled } from '../kit/template.ts';
import { newWorld } from '../kit/world.ts';
import { memoryReleases } from '../memory/releases.ts';

const arn = (family: string, revision = ':1') =>
  `arn:aws:ecs:eu-central-1:123456789012:task-definition/${family}${revision}`;

/** Definitions that are not those of version 1.0.0 of echo on stage test. */
const foreign: readonly (readonly [string, Release['definitions']])[] = [
  ["another tool's", { fargate: arn('davit_test_billing_1_0_0_fargate') }],
  ["another version's", { fargate: arn('davit_test_echo_0_9_0_fargate') }],
  ["another stage's", { fargate: arn('davit_prod_echo_1_0_0_fargate') }],
  ["another program's", { fargate: arn('payroll') }],
  ["the other host kind's", { fargate: arn('davit_test_echo_1_0_0_hosts') }],
  ['the latest revision', { fargate: arn('davit_test_echo_1_0_0_fargate', '') }],
  ['one named without ARN', { fargate: 'payroll:3' }],
  ['one that ends in the family', { fargate: arn('payroll:1/davit_test_echo_1_0_0_fargate') }],
  ['one good and one foreign', { ...releaseNamed('1.0.0').definitions, hosts: arn('payroll') }],
];

const forged = (definitions: Release['definitions']): Release => ({
  ...releaseNamed('1.0.0'),
  definitions,
});

const client = new SSMClient({ region: 'eu-central-1' });
const ssm = mockClient(client);
const prefix = '/davit/test/tools';
afterEach(() => ssm.reset());

/** The tools as dispatch reads them, with this `live` of echo and that record in the table. */
const toolsWhere = (release: Release, record?: VersionRecord): Tools => {
  const live = liveText({ release, pinVersion: 1, specVersion: 1, changedAt: 0 });
  const Parameters = [
    { Name: `${prefix}/echo/live`, Value: live },
    { Name: `${prefix}/echo/spec`, Value: parameterText(echoSpec) },
  ];
  ssm.on(GetParametersCommand).resolves({ Parameters });
  return ssmTools({ client, prefix, readVersion: async () => record, now: () => 0 });
};

const recordOf = ({ tool, version, definitions, spec }: Release): VersionRecord => ({
  tool,
  version,
  definitions,
  spec,
  specVersion: 1,
  registeredAt: 0,
  failedStarts: 0,
});

/** A world in which every task definition exists that an attacker names. */
const worldWhere = (tools: Tools) => {
  const world = newWorld();
  world.runs.register({ ...releaseNamed('1.0.0'), tool: 'billing' });
  Object.assign(world.ports, { tools });
  return world;
};

describe('a forged live record', () => {
  it.each(foreign)(
    'does not make dispatch launch a task definition: %s',
    async (_what, forgery) => {
      const world = worldWhere(toolsWhere(forged(forgery)));
      world.submit('film-1');
      await world.dispatch();
      expect(world.launched()).toEqual([]);
      expect(world.row('film-1')).toMatchObject({
        phase: 'QUEUED',
        hold: { by: 'tool/echo', why: expect.stringContaining('task definition') },
      });
      expect(world.names()).toContain('definition.foreign');
      expect(world.count('DefinitionsForeign')).toBe(1);
    },
  );

  it("does not make dispatch launch another tool's release as it is", async () => {
    const billing = {
      ...releaseNamed('1.0.0'),
      tool: 'billing',
      definitions: { fargate: arn('davit_test_billing_1_0_0_fargate') },
    };
    const world = worldWhere(toolsWhere(billing));
    world.submit('film-1');
    await world.dispatch();
    expect(world.launched()).toEqual([]);
  });

  it('does not hold a task that has a good release of its own', async () => {
    const world = worldWhere(toolsWhere(forged({ fargate: arn('payroll') })));
    const delayed = samples['QUEUED, delayed after exit 75'];
    if (delayed.phase !== 'QUEUED') throw new Error('the sample is another');
    const fact = await decideLaunch(world.ports, delayed);
    expect(fact.kind).toBe('launchDecided');
  });

  it.each(foreign)(
    'is written again by release, which does not trust it either: %s',
    async (_w, f) => {
      const releases = memoryReleases();
      releases.setSpec('echo', echoSpec);
      releases.push('echo', '1.0.0', 'sha256:1');
      releases.pin('echo', '1.0.0');
      const logged: string[] = [];
      const release = () =>
        releaseAll({
          releases,
          stage: 'test',
          refusals: { put: async () => ({ kind: 'sent' }) },
          clock: newWorld().clock,
          meter: () => {},
          log: (_level, what) => void logged.push(what),
        });
      await release();
      const good = releases.live('echo');
      if (!good?.release) throw new Error('nothing is live');
      await releases.saveLive('echo', { ...good, release: { ...good.release, definitions: f } });
      const record = await releases.readVersion('echo', '1.0.0');
      if (!record) throw new Error('there is no record');
      await releases.saveVersion({ ...record, definitions: f });
      expect(await release()).toMatchObject([{ kind: 'live', version: '1.0.0' }]);
      expect(releases.live('echo')?.release?.definitions).toEqual(good.release.definitions);
      const mended = await releases.readVersion('echo', '1.0.0');
      expect(mended?.definitions).toEqual(good.release.definitions);
      expect(logged).toContain('definition.foreign');
      expect(await release()).toMatchObject([{ kind: 'unchanged' }]);
    },
  );

  it('is not kept beside the refusal of a bad pin', async () => {
    const releases = memoryReleases();
    releases.setSpec('echo', echoSpec);
    releases.pin('echo', '9.9.9');
    const release = forged({ fargate: arn('payroll') });
    await releases.saveLive('echo', { release, pinVersion: 0, specVersion: 0, changedAt: 0 });
    await releaseAll({
      releases,
      stage: 'test',
      refusals: { put: async () => ({ kind: 'sent' }) },
      clock: newWorld().clock,
      meter: () => {},
      log: () => {},
    });
    expect(releases.live('echo')).toMatchObject({ refusal: { version: '9.9.9' } });
    expect(releases.live('echo')?.release).toBeUndefined();
  });
});

describe('a forged record of a version', () => {
  it.each(foreign)('holds the task that asks for the version: %s', async (_what, definitions) => {
    const good = releaseNamed('1.1.0');
    const world = worldWhere(toolsWhere(good, recordOf(forged(definitions))));
    world.submit('film-1', { version: '1.0.0' });
    await world.dispatch();
    expect(world.launched()).toEqual([]);
    expect(world.row('film-1')).toMatchObject({ phase: 'QUEUED', hold: { by: 'tool/echo' } });
  });
});

describe('a forged row', () => {
  it.each(foreign)('waits, when its release has a foreign definition: %s', async (_w, f) => {
    const world = worldWhere(toolsWhere(releaseNamed('1.0.0')));
    const delayed = samples['QUEUED, delayed after exit 75'];
    if (delayed.phase !== 'QUEUED') throw new Error('the sample is another');
    const fact = await decideLaunch(world.ports, { ...delayed, release: forged(f) });
    expect(fact).toMatchObject({ kind: 'held', hold: { by: 'tool/echo' } });
  });

  it('is not launched with an order that names a foreign definition', async () => {
    const world = newWorld();
    const row = samples.LAUNCHING;
    if (row.phase !== 'LAUNCHING') throw new Error('the sample is another');
    const billing = world.runs.register({ ...releaseNamed('1.0.0'), tool: 'billing' });
    const order = { ...row.launchOrder, taskDefinition: billing };
    await sendOrder(world.ports, { ...row, launchOrder: order }, 'first').catch(() => undefined);
    expect(world.launched()).toEqual([]);
  });
});

describe('a parameter below a pin', () => {
  // `*` in a policy matches `/` too: who may write …/tools/*/version may write …/tools/echo/live/version, were it not denied.
  it('is not read as the live record by davit pin and davit versions', async () => {
    const all = mockClient(SSMClient);
    const release = forged({ fargate: arn('payroll') });
    const Parameters: Parameter[] = [
      { Name: `${prefix}/echo/spec`, Value: '{}', Version: 1 },
      { Name: `${prefix}/echo/version`, Value: '1.0.0', Version: 1 },
      {
        Name: `${prefix}/echo/live/version`,
        Value: liveText({ release, pinVersion: 1, specVersion: 1, changedAt: 0 }),
        Version: 1,
      },
    ];
    all.on(GetParametersByPathCommand).resolves({ Parameters });
    const found = await pinsOf({ region: 'eu-central-1' }, prefix).one('echo');
    all.restore();
    expect(found?.live).toBeUndefined();
    expect(found?.pinned?.version).toBe('1.0.0');
  });
});

describe('a user with the policies for pinning', () => {
  let template: Awaited<ReturnType<typeof compiled>>;
  beforeAll(async () => {
    template = await compiled();
  });

  const policy = (id: string): Resource => {
    const found = template.deployed().get(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  };

  const here = (service: string, rest: string, region = awsAccount.region) =>
    `arn:aws:${service}:${region}:${awsAccount.account}:${rest}`;
  const parameter = (path: string) => here('ssm', `parameter/davit/${path}`);
  const table = here('dynamodb', 'table/davit-local-tasks');

  type Attempt = readonly [
    action: string,
    resource: string,
    context?: Readonly<Record<string, string[]>> | undefined,
  ];
  const decisionOf = (ids: readonly string[], [action, resource, context]: Attempt) =>
    asAttached(ids.map(policy), `arn:aws:iam::${awsAccount.account}:user/pinner`, {
      action,
      resource,
      ...(context ? { context } : {}),
    });

  const named = (attempt: Attempt) => ({ attempt, call: `${attempt[0]} ${attempt[1]}` });

  const pins: readonly Attempt[] = ['version', 'canary', 'paused'].flatMap((name): Attempt[] =>
    ['PutParameter', 'DeleteParameter', 'GetParameter', 'GetParameters'].map((action) => [
      `ssm:${action}`,
      parameter(`local/tools/echo/${name}`),
    ]),
  );
  it('may pause the whole stage', async () => {
    const all: Attempt = ['ssm:PutParameter', parameter('local/paused')];
    expect(await decisionOf(['PinPolicy'], all)).toBe('Allowed');
  });

  it.each(pins.map(named))('may pin, try and pause: $call', async ({ attempt }) => {
    expect(await decisionOf(['PinPolicy'], attempt)).toBe('Allowed');
  });

  const record = { 'dynamodb:LeadingKeys': ['#version/echo/1.0.0'] };
  const looks: readonly Attempt[] = [
    ['ssm:GetParametersByPath', parameter('local/tools')],
    ['ssm:GetParametersByPath', parameter('local/tools/echo')],
    ['ssm:GetParameterHistory', parameter('local/tools/echo/version')],
    ['dynamodb:GetItem', table, record],
    ['dynamodb:Query', `${table}/index/by-phase`],
  ];
  it.each(looks.map(named))(
    'may do what davit pin and davit versions do: $call',
    async ({ attempt }) => {
      expect(await decisionOf(['LookPolicy'], attempt)).toBe('Allowed');
    },
  );

  const attempts: readonly Attempt[] = [
    // The records of release and of the deployment: with them, a pinner would choose definition, image, command and secrets.
    ['ssm:PutParameter', parameter('local/tools/echo/live')],
    ['ssm:PutParameter', parameter('local/tools/echo/spec')],
    ['ssm:DeleteParameter', parameter('local/tools/echo/live')],
    ['ssm:DeleteParameters', parameter('local/tools/echo/spec')],
    // `*` matches `/`.
    ['ssm:PutParameter', parameter('local/tools/echo/live/version')],
    ['ssm:PutParameter', parameter('local/tools/echo/spec/version')],
    ['ssm:PutParameter', parameter('local/tools/a/b/c/paused')],
    ['ssm:PutParameter', parameter('local/tools/version')],
    ['ssm:PutParameter', parameter('local/tools/echo/versions')],
    ['ssm:PutParameter', parameter('local/tools/echo/version/live')],
    // Another stage, another region, another program.
    ['ssm:PutParameter', parameter('prod/tools/echo/version')],
    ['ssm:PutParameter', parameter('local-2/tools/echo/version')],
    ['ssm:PutParameter', here('ssm', 'parameter/davit/local/tools/echo/version', 'us-east-1')],
    ['ssm:PutParameter', here('ssm', 'parameter/payroll/version')],
    ['ssm:GetParameter', parameter('prod/tools/echo/version')],
    ['ssm:GetParametersByPath', parameter('prod/tools')],
    ['ssm:GetParametersByPath', parameter('local')],
    // To list names is not to read values, and to change tags of a parameter is not to pin.
    ['ssm:AddTagsToResource', parameter('local/tools/echo/version')],
    ['ssm:LabelParameterVersion', parameter('local/tools/echo/version')],
    // Rows, with bodies of messages and presigned addresses; claims; writes.
    ['dynamodb:GetItem', table, { 'dynamodb:LeadingKeys': ['film-1'] }],
    ['dynamodb:GetItem', table, { 'dynamodb:LeadingKeys': ['#live/echo'] }],
    ['dynamodb:BatchGetItem', table, record],
    ['dynamodb:PutItem', table, record],
    ['dynamodb:UpdateItem', table, record],
    ['dynamodb:DeleteItem', table, record],
    ['dynamodb:Scan', table],
    ['dynamodb:Query', table],
    ['dynamodb:Query', `${table}/index/by-tool`],
    ['ecs:RunTask', here('ecs', 'task-definition/davit_local_echo_1_0_0_fargate:1')],
    ['ecs:RegisterTaskDefinition', '*'],
    ['lambda:InvokeFunction', here('lambda', 'function:davit-local-release')],
    ['iam:PassRole', `arn:aws:iam::${awsAccount.account}:role/davit-local-task`],
  ];
  it.each(attempts.map(named))('may not $call', async ({ attempt }) => {
    expect(await decisionOf(['PinPolicy', 'LookPolicy'], attempt)).not.toBe('Allowed');
  });

  it('finds their names where a deployment prints them', () => {
    expect(template.outputs).toMatchObject({
      PinPolicyArn: { Value: { Ref: 'PinPolicy' } },
      LookPolicyArn: { Value: { Ref: 'LookPolicy' } },
    });
  });

  it('cannot write with the policy that reads, nor be in a role of a function', () => {
    const text = JSON.stringify(policy('LookPolicy').properties);
    expect(text).not.toMatch(/Put|Delete|Update|Write/);
    for (const id of ['PinPolicy', 'LookPolicy']) {
      expect(policy(id).properties).not.toHaveProperty('Roles');
    }
  });
});
