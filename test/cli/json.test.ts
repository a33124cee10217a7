import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../cli/command.ts';
import { list } from '../../cli/commands/list.ts';
import { logs } from '../../cli/commands/logs.ts';
import { pin } from '../../cli/commands/pin.ts';
import { show } from '../../cli/commands/show.ts';
import { submit } from '../../cli/commands/submit.ts';
import { versions } from '../../cli/commands/versions.ts';
import { type Answers, control, itemOf } from './fake-aws.ts';
import { live, parameter, refusal, spec, versionItem } from './pins.ts';
import { runCommand } from './run.ts';
import { ended, queued, running, runRecord } from './tasks.ts';

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
  ...control(({ ask }) =>
    ask === 'backlog' ? { kind: 'backlog' } : { kind: 'submitted', taskId: 'new-id' },
  ),
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
  pin: async () => [
    whole(await printed(pin, ['transcoder', '1.0.0', '--no-wait'], empty)),
    whole(await printed(pin, ['transcoder', '9.9.9'], full)),
  ],
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
