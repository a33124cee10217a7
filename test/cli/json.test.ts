import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../cli/command.ts';
import { cancel } from '../../cli/commands/cancel.ts';
import { dead } from '../../cli/commands/dead.ts';
import { limits } from '../../cli/commands/limits.ts';
import { list } from '../../cli/commands/list.ts';
import { logs } from '../../cli/commands/logs.ts';
import { pause } from '../../cli/commands/pause.ts';
import { pin } from '../../cli/commands/pin.ts';
import { placements } from '../../cli/commands/placements.ts';
import { redrive } from '../../cli/commands/redrive.ts';
import { resume } from '../../cli/commands/resume.ts';
import { show } from '../../cli/commands/show.ts';
import { submit } from '../../cli/commands/submit.ts';
import { versions } from '../../cli/commands/versions.ts';
import { type Answers, control, itemOf } from './fake-aws.ts';
import { limitAnswers, stageAnswers } from './limit-answers.ts';
import { closedGate, live, parameter, refusal, spec, versionItem } from './pins.ts';
import { runCommand } from './run.ts';
import { at, ended, queued, running, runRecord } from './tasks.ts';

/** The keys of each document, as docs/cli.md promises them. */
const promised: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ...readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8').matchAll(
      /^\| (.+?) \| ((?:`\w+`(?:, )?)+) \|$/gm,
    ),
  ].map(([, document = '', keys = '']) => [
    document.replaceAll('`', ''),
    [...keys.matchAll(/\w+/g)].map(([key]) => key).sort(),
  ]),
);

type Document = Readonly<Record<string, unknown>>;

const printed = async (
  command: Command,
  args: readonly string[],
  answers: Answers,
): Promise<readonly string[]> => (await runCommand(command, [...args, '--json'], answers)).out;

const whole = (lines: readonly string[]): Document => JSON.parse(lines.join('\n'));

const partsOf = (document: Document, name: string): readonly Document[] => {
  const list = document[name];
  return Array.isArray(list) ? list : [];
};

const empty: Answers = {
  ...control((asked) => {
    switch (asked.ask) {
      case 'backlog':
        return { kind: 'backlog' };
      case 'submit':
        return { kind: 'submitted', taskId: 'new-id' };
      case 'submitMany':
      case 'cancel':
      case 'redrive':
        return { kind: 'tasks', tasks: [{ taskId: 'film-42', how: 'done', says: 'it is done' }] };
    }
  }),
  GetParametersByPath: () => ({ Parameters: [spec] }),
  GetParameterHistory: () => ({ Parameters: [{ Value: '1.0.0' }] }),
  PutParameter: () => ({ Version: 2 }),
  Query: () => ({ Items: [] }),
  GetItem: () => ({}),
  GetLogEvents: () => ({ events: [{ timestamp: 1, message: 'a line' }], nextForwardToken: 'end' }),
};

const rowOf = (rest: object) =>
  marshall({
    taskId: 'film-42',
    phase: 'QUEUED',
    createdAt: '2026-11-24T04:12:00.000Z',
    updatedAt: '2026-11-24T04:12:00.000Z',
    ...rest,
  });

const bare: Answers = { ...empty, Query: () => ({ Items: [rowOf({})] }) };

const full: Answers = {
  ...empty,
  GetParametersByPath: () => ({
    Parameters: [
      spec,
      parameter('transcoder/version', '9.9.9', 2),
      parameter('transcoder/paused', 'a reason'),
      live({ pinVersion: 2, refusal }),
    ],
  }),
  GetItem: (input: { readonly Key?: { readonly taskId: { readonly S: string } } }) => {
    const key = input.Key?.taskId.S ?? '';
    if (key === '#version/transcoder/1.0.0') return { Item: versionItem({ broken: 'no file' }) };
    return key.startsWith('#') ? {} : itemOf(running());
  },
  Query: () => ({
    Items: [
      rowOf({
        phase: 'FAILED',
        tool: 'transcoder',
        version: '1.0.0',
        tenant: 'acme',
        run: 2,
        attempts: 1,
        placement: 'cpu',
        startedAt: '2026-11-24T04:12:00.000Z',
        endedAt: '2026-11-24T04:12:00.000Z',
        waitingFor: 'its outbox',
        outcome: 'exit 65',
        reason: 'bad data',
        exitCode: 65,
      }),
    ],
  }),
};

const args = ['transcoder', '--follow'];
const digest = createHash('sha256').update('{"tool":"transcoder"}').digest('hex');
const following = async (task: object): Promise<readonly Document[]> => {
  const row = { ...ended(), ...task, taskId: 'new-id', digest };
  const lines = await printed(submit, [...args, '--logs'], {
    ...empty,
    GetItem: () => itemOf(row),
  });
  return lines.map((line) => JSON.parse(line));
};
const kind = async (name: string): Promise<readonly Document[]> => [
  ...(await following({})).filter((line) => line.kind === name),
  ...(await following({ phase: 'REJECTED', runs: [], exitCode: undefined })).filter(
    (line) => line.kind === name,
  ),
];

const sending = async (): Promise<readonly Document[]> => {
  const answers = {
    ...empty,
    BatchGetItem: () => ({ Responses: {} }),
    ...control((asked) =>
      asked.ask === 'submitMany'
        ? {
            kind: 'tasks',
            tasks: asked.tasks.map(({ taskId }) => ({ taskId, how: 'done', says: 'sent' })),
          }
        : { kind: 'backlog' },
    ),
  };
  const { out } = await runCommand(submit, ['transcoder', '--from', '-', '--json'], answers, {
    stdin: '{}\n{\n',
  });
  return out.map((line) => JSON.parse(line));
};

const documents: Readonly<Record<string, () => Promise<readonly Document[]>>> = {
  submit: async () => [whole(await printed(submit, ['transcoder'], empty))],
  'submit --follow, a line of kind submitted': async () => await kind('submitted'),
  'submit --follow, of kind change': async () => await kind('change'),
  'submit --follow --logs, of kind log': async () => await kind('log'),
  'submit --follow, of kind progress': async () => {
    const rows = [running(), running(), ended()].map((row) =>
      itemOf({ ...row, taskId: 'new-id', digest }),
    );
    const message = 'DAVIT_PROGRESS {"fraction":0.5}';
    const lines = await printed(submit, [...args, '--id', 'new-id'], {
      ...empty,
      GetItem: () => (rows.length > 1 ? rows.shift() : rows[0]) ?? {},
      GetLogEvents: () => ({ events: [{ timestamp: at(12), message }] }),
    });
    return lines.map((line) => JSON.parse(line)).filter((line) => line.kind === 'progress');
  },
  'submit --follow, of kind lastLine': async () =>
    (
      await following({ phase: 'FAILED', runs: [runRecord({ verdict: 'tool', why: 'exit 75' })] })
    ).filter((line) => line.kind === 'lastLine'),
  'submit --follow, of kind ended': async () => await kind('ended'),
  'submit --from, of kind line': async () =>
    (await sending()).filter((line) => line.kind === 'line'),
  'submit --from, of kind end': async () => (await sending()).filter((line) => line.kind === 'end'),
  list: async () => [whole(await printed(list, [], bare))],
  'list, each of tasks': async () => [
    ...partsOf(whole(await printed(list, [], bare)), 'tasks'),
    ...partsOf(whole(await printed(list, [], full)), 'tasks'),
  ],
  'logs, each line': async () =>
    (await printed(logs, ['film-42'], full)).map((line) => JSON.parse(line)),
  cancel: async () => [whole(await printed(cancel, ['film-42'], full))],
  'cancel, each of tasks': async () =>
    partsOf(whole(await printed(cancel, ['film-42'], full)), 'tasks'),
  dead: async () => [whole(await printed(dead, [], empty))],
  'dead, each of groups': async () => [
    ...partsOf(whole(await printed(dead, [], bare)), 'groups'),
    ...partsOf(whole(await printed(dead, [], full)), 'groups'),
  ],
  redrive: async () => [
    whole(await printed(redrive, ['film-42'], full)),
    whole(await printed(redrive, ['--tool', 'transcoder', '--dry-run'], full)),
  ],
  'redrive, each of tasks': async () => [
    ...partsOf(whole(await printed(redrive, ['film-42'], full)), 'tasks'),
    ...partsOf(whole(await printed(redrive, ['--tool', 'echo', '--dry-run'], full)), 'tasks'),
  ],
  versions: async () => [whole(await printed(versions, [], empty))],
  'versions, each of tools': async () => [
    ...partsOf(whole(await printed(versions, [], empty)), 'tools'),
    ...partsOf(whole(await printed(versions, [], full)), 'tools'),
  ],
  'versions, a refusal': async () =>
    partsOf(whole(await printed(versions, [], full)), 'tools').flatMap((tool) =>
      tool.refusal ? [JSON.parse(JSON.stringify(tool.refusal))] : [],
    ),
  'versions, each of versions': async () =>
    [empty, full].reduce<Promise<readonly Document[]>>(
      async (before, answers) => [
        ...(await before),
        ...partsOf(whole(await printed(versions, [], answers)), 'tools').flatMap((tool) =>
          partsOf(tool, 'versions'),
        ),
      ],
      Promise.resolve([]),
    ),
  pause: async () => [
    whole(
      await printed(pause, ['transcoder', '--why', 'a reason'], {
        ...full,
        PutParameter: () => ({}),
      }),
    ),
  ],
  resume: async () => [
    whole(await printed(resume, ['transcoder'], { ...full, DeleteParameter: () => ({}) })),
  ],
  placements: async () => [whole(await printed(placements, [], closedPlaces))],
  'placements, each of placements': async () =>
    partsOf(whole(await printed(placements, [], closedPlaces)), 'placements'),
  limits: async () => [whole(await printed(limits, [], limitAnswers()))],
  'limits, each of limits': async () =>
    partsOf(whole(await printed(limits, [], limitAnswers())), 'limits'),
  'limits, a stage that is not null': async () => [
    JSON.parse(JSON.stringify(whole(await printed(limits, [], stageAnswers())).stage)),
  ],
  'limits, a next': async () =>
    partsOf(whole(await printed(limits, [], limitAnswers())), 'limits').flatMap(({ next }) =>
      next ? [JSON.parse(JSON.stringify(next))] : [],
    ),
  'limits, each of tenants': async () =>
    partsOf(whole(await printed(limits, [], limitAnswers())), 'limits').flatMap((limit) =>
      partsOf(limit, 'tenants'),
    ),
  pin: async () => [
    whole(await printed(pin, ['transcoder', '1.0.0', '--no-wait'], empty)),
    whole(await printed(pin, ['transcoder', '9.9.9'], full)),
  ],
};

/** A stage without capacity. */
const closedPlaces: Answers = {
  GetItem: () => ({ Item: closedGate }),
  Query: () => ({ Count: 2 }),
};

describe('every JSON document', () => {
  test('is in docs/cli.md, and this test tries every document there', () => {
    expect([...promised.keys()].sort()).toEqual(Object.keys(documents).sort());
  });

  test.each(Object.keys(documents))('of %s has the keys that docs/cli.md lists', async (name) => {
    const found = (await documents[name]?.()) ?? [];
    expect(found.length).toBeGreaterThan(0);
    for (const document of found) expect(Object.keys(document).sort()).toEqual(promised.get(name));
  });

  test('of show is the row as it is in the table', async () => {
    const aws = { ...empty, GetItem: () => itemOf(queued()) };
    expect(whole(await printed(show, ['film-42'], aws))).toMatchObject({
      taskId: 'film-42',
      phase: 'QUEUED',
      lastLine: null,
    });
  });
});
