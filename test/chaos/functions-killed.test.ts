import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Addresses } from '../../local/addresses.ts';
import type { Series } from '../kit/kill-at-call.ts';
import { countOf, holdsAll, type KilledStack, openKilledStack } from '../kit/killed-stack.ts';
import { reachOf, tallyOf } from '../kit/local-stack.ts';
import { containersIn } from '../kit/process-identity.ts';
import { until } from '../kit/until.ts';

const tools = '/davit/local/tools';
const versions = Array.from({ length: 100 }, (_, n) => `1.0.${n}`);
let killed: KilledStack;
let cloud: ReturnType<typeof operatorOf>;

beforeAll(async () => {
  killed = await openKilledStack(versions);
  cloud = operatorOf(killed.one.stack.addresses);
});

afterAll(async () => {
  cloud?.close();
  await killed?.close();
});

/** What an operator does with the tool `echo`. */
const operatorOf = (addresses: Addresses) => {
  const ssm = new SSMClient(reachOf(addresses));
  const dynamodb = new DynamoDBClient(reachOf(addresses));
  return {
    pin: (Value: string) =>
      ssm.send(new PutParameterCommand({ Name: `${tools}/echo/version`, Value, Overwrite: true })),
    liveVersion: async (): Promise<unknown> => {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `${tools}/echo/live` }));
      return JSON.parse(Parameter?.Value ?? '{}').release?.version;
    },
    endClaim: () =>
      dynamodb.send(
        new UpdateItemCommand({
          TableName: addresses.table,
          Key: { taskId: { S: '#live/echo' } },
          UpdateExpression: 'REMOVE claimedUntil',
        }),
      ),
    close: () => {
      ssm.destroy();
      dynamodb.destroy();
    },
  };
};

/** The event that a task has ended. */
const settle: Series = {
  functionName: 'davit-local-settle',
  act: (name) => {
    const id = killed.idOf(`settle-${name}`);
    const isEnd = (body: unknown): boolean =>
      String(body).includes(id) && String(body).includes('"lastStatus":"STOPPED"');
    return {
      isIt: (payload) =>
        JSON.parse(payload).Records.some(({ body }: { readonly body: unknown }) => isEnd(body)),
      cause: () => killed.send(killed.echoes([id])),
    };
  },
  isWhole: (calls) => countOf(calls, 'amqp publish') >= 2,
};

/** A message that the broker dropped. An administrator puts it where the broker would put it. */
const dropped: Series = {
  functionName: 'davit-local-control',
  act: (name) => {
    const id = killed.idOf(`dropped-${name}`);
    killed.mustReject([id]);
    const message = { taskId: id, body: { tool: 'echo' }, replyTo: 'reply.killed' };
    return {
      isIt: holdsAll([id]),
      cause: () => killed.send([message], 'davit.dropped'),
    };
  },
  isWhole: (calls) => countOf(calls, 'amqp publish') >= 3,
};

/** Six requests in messages, of which at least four come as one batch: the first one keeps control busy. */
const requests: Series = {
  functionName: 'davit-local-control',
  act: (name) => {
    const ids = [1, 2, 3, 4, 5, 6].map((n) => killed.idOf(`asked-${name}-${n}`));
    return {
      // The trigger encodes the bodies, but not the ids of the messages.
      isIt: holdsAll(ids.slice(-1)),
      cause: () => killed.send(killed.requests(ids), 'davit.control'),
    };
  },
  isWhole: (calls) => countOf(calls, 'amqp publish') >= 4,
};

/** A pin of a new version. After the kill, the claim of the killed release ends at once instead of a minute later. */
const release: Series = {
  functionName: 'davit-local-release',
  act: (name) => {
    const version = versions.pop() ?? '';
    return {
      isIt: holdsAll(['Parameter Store Change', `${tools}/echo/version`]),
      cause: () => cloud.pin(version),
      after: async () => {
        await until(`${version} is live`, () => isReleased(version), 60_000);
        const [task] = killed.echoes([killed.idOf(`release-${name}`)]);
        const asked = task ? [{ ...task, body: { ...task.body, version } }] : [];
        await killed.send(asked);
      },
    };
  },
  isWhole: (calls) => countOf(calls, 'ssm PutParameter') === 1,
};

const isReleased = async (version: string): Promise<boolean> => {
  if ((await cloud.liveVersion()) === version) return true;
  await cloud.endClaim();
  await killed.one.stack.invoke('davit-local-release', '{}');
  return false;
};

/** Whether a call changes anything. A process that dies at a call that only reads leaves behind what it leaves at the next change. */
const isChange = (call: string): boolean =>
  !/ (Get|BatchGet|Query|Scan|Describe|List|queue\.declare)/.test(call);

/** A sweep that finds what ECS did: one task has succeeded, one has failed, and the ones before wait for their second run. */
const sweep: Series = {
  functionName: 'davit-local-sweep',
  act: (name) => {
    const [plain, failing] = [
      killed.idOf(`sweep-${name}-plain`),
      killed.idOf(`sweep-${name}-failing`),
    ];
    return {
      isIt: holdsAll([plain]),
      cause: async () => {
        await killed.send(killed.echoes([plain]));
        await killed.send(killed.echoes([failing], { exitCodes: [75, 0] }));
        await until('the end of both runs', () => haveEnded([plain, failing]), 60_000);
        await killed.one.stack.invoke('davit-local-sweep', JSON.stringify({ plain }));
      },
    };
  },
  counts: isChange,
  isWhole: (calls) => countOf(calls, 'amqp publish') >= 4,
};

const haveEnded = (ids: readonly string[]): boolean => {
  const runs = tallyOf(killed.one.tallyFile).filter(({ taskId }) => ids.includes(taskId));
  const living = new Set(containersIn(killed.one.dir).map(({ pid }) => pid));
  return runs.length >= ids.length && runs.every(({ pid }) => !living.has(pid));
};

describe.concurrent('killed before and after each of its calls', () => {
  test('settle, for the end of a task', () => killed.killAtEach('settle', settle), 900_000);

  test('control, for a message that the broker dropped, and for requests', async () => {
    await killed.killAtEach('control, dropped', dropped);
    await killed.killAtEach('control, requests', requests);
  }, 900_000);

  test('release, for a new version', () => killed.killAtEach('release', release), 900_000);
});

test('sweep is killed before and after each of its calls that changes something, while ECS events are lost', async () => {
  killed.faults.loseEcsEvents = true;
  await killed.killAtEach('sweep', sweep).finally(() => {
    killed.faults.loseEcsEvents = false;
  });
}, 900_000);

test('every task of all of them ended as it should, no run was started twice, and each publisher was notified', async () => {
  await killed.expectAllEnded((taskId) => (/^sweep-.*-failing/.test(taskId) ? 2 : 1));
}, 240_000);
