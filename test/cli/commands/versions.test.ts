import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { versions } from '../../../cli/commands/versions.ts';
import { storedFields } from '../../../shared/wire/stored-time.ts';
import { live, parameter, refusal, spec, versionItem } from '../pins.ts';
import { runCommand } from '../run.ts';
import { at, release } from '../tasks.ts';

const record = versionItem();
const row = marshall({
  taskId: 'film-42',
  phase: 'RUNNING',
  tool: 'transcoder',
  version: '1.0.0',
  createdAt: '2026-11-24T04:12:00.000Z',
  updatedAt: '2026-11-24T04:12:00.000Z',
});

const stage = {
  GetParametersByPath: ({ Path = '' }: Readonly<Record<string, string>>) => ({
    Parameters: [
      parameter('echo/spec', '{}'),
      spec,
      parameter('transcoder/version', '9.9.9', 2),
      live({ pinVersion: 2, refusal }),
    ].filter((one) => one.Name.startsWith(Path)),
  }),
  GetParameterHistory: () => ({ Parameters: [{ Value: '1.0.0' }, { Value: '9.9.9' }] }),
  GetItem: ({ Key }: { readonly Key?: { readonly taskId: { readonly S: string } } }) =>
    Key?.taskId.S === '#version/transcoder/1.0.0' ? { Item: record } : {},
  Query: (input: {
    readonly ExpressionAttributeValues?: Readonly<Record<string, { S: string }>>;
  }) => ({
    Items: input.ExpressionAttributeValues?.[':phase']?.S === 'RUNNING' ? [row] : [],
  }),
};

describe('versions', () => {
  test('shows what is live, what is pinned, and why they differ', async () => {
    const result = await runCommand(versions, [], {
      ...stage,
      GetParameterHistory: ({ Name = '' }: Readonly<Record<string, string>>) =>
        Name.includes('/transcoder/') ? stage.GetParameterHistory() : { Parameters: [] },
    });
    expect(result.out).toEqual([
      'echo  nothing is pinned; tasks wait, because no version is live',
      '',
      'transcoder  live 1.0.0, pinned 9.9.9',
      '  refused 9.9.9 at 2026-11-24T04:12:05Z: there is no image transcoder:9.9.9',
      '  VERSION  STATE            RUNS NOW  REGISTERED',
      '  1.0.0    live, proven            1  2026-11-24T04:12:00Z',
      '  9.9.9    pinned, refused         0  -',
    ]);
  });

  test('a version of 4,000 letters, pinned now or earlier, makes no other row wider', async () => {
    const long = 'v'.repeat(4_000);
    const pinned = {
      ...stage,
      GetParametersByPath: () => ({
        Parameters: [parameter('transcoder/version', long, 2), spec, live({ pinVersion: 1 })],
      }),
      GetParameterHistory: () => ({
        Parameters: [{ Value: '1.0.0' }, { Value: `${long}w` }, { Value: long }],
      }),
    };
    const { out } = await runCommand(versions, ['transcoder'], pinned);
    expect(Math.max(...out.map((line) => line.length))).toBeLessThan(250);
    expect(out.filter((line) => line.includes('vvv…vvv'))).toHaveLength(3);
    const json = await runCommand(versions, ['transcoder', '--json'], pinned);
    expect(json.out.join('\n')).toContain(`"${long}w"`);
  });

  test('prints one JSON document for scripts', async () => {
    const result = await runCommand(versions, ['transcoder', '--json'], stage);
    expect(JSON.parse(result.out.join('\n'))).toEqual({
      tools: [
        {
          tool: 'transcoder',
          pinned: '9.9.9',
          live: '1.0.0',
          paused: null,
          refusal: { ...refusal, at: '2026-11-24T04:12:05.000Z', isBroken: false },
          unreadable: null,
          versions: [
            {
              version: '1.0.0',
              isLive: true,
              isPinned: false,
              runsNow: 1,
              refused: null,
              imageDigest: 'sha256:abc',
              movedFrom: null,
              definitions: release.definitions,
              registeredAt: '2026-11-24T04:12:00.000Z',
              provenAt: '2026-11-24T04:12:20.000Z',
              broken: null,
            },
            {
              version: '9.9.9',
              isLive: false,
              isPinned: true,
              runsNow: 0,
              refused: refusal.why,
              imageDigest: null,
              movedFrom: null,
              definitions: null,
              registeredAt: null,
              provenAt: null,
              broken: null,
            },
          ],
        },
      ],
    });
  });

  test.each([
    ['removed', []],
    ['replaced', [parameter('transcoder/version', '1.0.0', 3)]],
    [
      'removed and written again',
      [{ ...parameter('transcoder/version', '9.9.9'), LastModifiedDate: at(9) / 1_000 }],
    ],
  ])('shows no refusal for a pin that was %s', async (_what, pinned) => {
    const result = await runCommand(versions, ['transcoder'], {
      ...stage,
      GetParametersByPath: () => ({
        Parameters: [spec, ...pinned, live({ pinVersion: 2, changedAt: at(5), refusal })],
      }),
    });
    expect(result.out.join('\n')).not.toContain('refused');
  });

  test('ignores white space around a pin, as release does', async () => {
    const result = await runCommand(versions, ['transcoder'], {
      ...stage,
      GetParametersByPath: () => ({
        Parameters: [spec, parameter('transcoder/version', ' 1.0.0\n', 2), live()],
      }),
      GetParameterHistory: () => ({ Parameters: [{ Value: '1.0.0' }, { Value: ' 1.0.0\n' }] }),
    });
    expect(result.out).toEqual([
      'transcoder  live 1.0.0, as pinned',
      '  VERSION  STATE                 RUNS NOW  REGISTERED',
      '  1.0.0    live, pinned, proven         1  2026-11-24T04:12:00Z',
    ]);
  });

  test('does not let a pin control the terminal', async () => {
    const asked: unknown[] = [];
    const result = await runCommand(versions, ['transcoder'], {
      ...stage,
      GetParametersByPath: () => ({
        Parameters: [spec, parameter('transcoder/version', '\u001b[2J1.0\u0007', 2)],
      }),
      GetItem: (input) => {
        asked.push(input.Key);
        return {};
      },
    });
    // A pin may be longer than a key of the table, so a text that cannot be a version is not looked up.
    expect(JSON.stringify(asked)).not.toContain('u001b');
    expect(result.out.join('')).not.toMatch(/\p{Cc}/u);
    expect(result.out[0]).toContain('pinned \\u{1b}[2J1.0\\u{7}');
  });

  test('names the nearest tool when a tool is unknown', async () => {
    const result = await runCommand(versions, ['ecko'], stage);
    expect(result).toEqual({
      code: 3,
      out: [],
      remarks: [
        'There is no tool "ecko" in the test; the nearest is "echo". `davit versions` lists them all.',
      ],
    });
  });

  test('says which image the tag of a version named before it was pinned again', async () => {
    const before = `sha256:${'a'.repeat(64)}`;
    const fields = {
      imageDigest: { S: `sha256:${'b'.repeat(64)}` },
      movedFrom: { M: marshall(storedFields({ imageDigest: before, at: at(10) })) },
    };
    const GetItem: (typeof stage)['GetItem'] = (input) => {
      const { Item } = stage.GetItem(input);
      return Item ? { Item: { ...Item, ...fields } } : {};
    };
    const text = await runCommand(versions, ['transcoder'], { ...stage, GetItem });
    expect(text.out[2]).toBe(
      '  1.0.0 was released again at 2026-11-24T04:12:10Z: its tag now names sha256:bbbbbbbbbbbb, before sha256:aaaaaaaaaaaa; tasks that started earlier keep the old image',
    );
    const json = await runCommand(versions, ['transcoder', '--json'], { ...stage, GetItem });
    const [tool] = JSON.parse(json.out.join('\n')).tools;
    expect(tool.versions[0]).toMatchObject({
      movedFrom: { imageDigest: before, at: '2026-11-24T04:12:10.000Z' },
    });
  });
});
