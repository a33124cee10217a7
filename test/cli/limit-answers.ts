import { createHash } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { newLimit } from '../../shared/core/limit.ts';
import { runAtLimit } from '../../shared/core/limit-key.ts';
import { limitFields } from '../../shared/wire/limit-item.ts';
import { parameter, spec } from './pins.ts';
import { at } from './tasks.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const running = ['film-1', 'film-2'].map((taskId) => ({
  taskId,
  run: 1,
  tenant: 'acme',
  tool: 'transcoder',
}));

/** The limit of the transcoder: both places are taken by acme. */
const fullLimit = marshall({
  taskId: '#limit/transcoder',
  ...limitFields({
    ...newLimit('limit/transcoder', { maxRunning: 2, maxPerTenant: 2 }, at(0)),
    revision: 7,
    checkedAt: at(1),
    placed: running.map((run) => runAtLimit(run, sha256)),
  }),
  writeId: 'w',
  dueIn: 'limit',
  dueAt: new Date(at(0)).toISOString(),
});

/** A limit of the stage: acme has both places of the transcoder, and one of echo. */
const stageItem = marshall({
  taskId: '#stage',
  ...limitFields({
    ...newLimit(
      'stage',
      {
        maxRunning: 4,
        tools: [{ tool: 'transcoder', maxRunning: 2, maxPerTenant: 2 }, { tool: 'echo' }],
      },
      at(0),
    ),
    revision: 7,
    checkedAt: at(1),
    placed: [...running, { taskId: 'echo-1', run: 1, tenant: 'acme', tool: 'echo' }].map((run) =>
      runAtLimit(run, sha256),
    ),
  }),
  writeId: 'w',
  dueIn: 'limit',
  dueAt: new Date(at(0)).toISOString(),
});

const waiter = (taskId: string, tenant: string, minutes: number) =>
  marshall({ taskId, waitingSince: `${tenant}#${new Date(at(minutes)).toISOString()}` });

const row = (taskId: string, tool = 'transcoder') =>
  marshall({
    taskId,
    phase: 'RUNNING',
    tool,
    tenant: 'acme',
    run: 1,
    createdAt: new Date(at(0)).toISOString(),
    updatedAt: new Date(at(1)).toISOString(),
  });

interface Asked {
  readonly IndexName?: string;
  readonly ExpressionAttributeValues?: object;
}

/** A stage with one limit, which acme fills: two tasks of acme wait, and a younger one of beta. */
export const limitAnswers = () => ({
  GetParametersByPath: () => ({ Parameters: [spec, parameter('echo/spec', '{}')] }),
  GetItem: ({ Key }: { readonly Key?: { readonly taskId: { readonly S: string } } }) =>
    Key?.taskId.S === '#limit/transcoder' ? { Item: fullLimit } : {},
  Query: ({ IndexName, ExpressionAttributeValues: values }: Asked) => {
    if (IndexName === 'waiting')
      return {
        Items: [
          waiter('film-3', 'acme', 2),
          waiter('film-4', 'acme', 3),
          waiter('film-5', 'beta', 4),
        ],
      };
    return {
      Items: JSON.stringify(values).includes('RUNNING') ? [row('film-1'), row('film-2')] : [],
    };
  },
});

/** A stage with a limit for all tools: tasks of the transcoder wait for its own limit, and a younger one of echo, of beta. */
export const stageAnswers = () => ({
  ...limitAnswers(),
  GetItem: ({ Key }: { readonly Key?: { readonly taskId: { readonly S: string } } }) =>
    Key?.taskId.S === '#stage' ? { Item: stageItem } : {},
  Query: ({ IndexName, ExpressionAttributeValues: values }: Asked) => {
    const asked = JSON.stringify(values);
    if (IndexName === 'waiting')
      return {
        Items: asked.includes('stage/echo')
          ? [waiter('echo-2', 'beta', 5)]
          : asked.includes('stage/transcoder')
            ? [waiter('film-3', 'acme', 2), waiter('film-5', 'gamma', 4)]
            : [],
      };
    const rows = [row('film-1'), row('film-2'), row('echo-1', 'echo')];
    return { Items: asked.includes('RUNNING') ? rows : [] };
  },
});
