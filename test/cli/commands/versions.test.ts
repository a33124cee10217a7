import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { pin } from '../../../cli/commands/pin.ts';
import { versions } from '../../../cli/commands/versions.ts';
import { liveText } from '../../../shared/wire/live.ts';
import { storedFields } from '../../../shared/wire/stored-time.ts';
import { ran } from '../run.ts';
import { at, release, start } from '../tasks.ts';

const prefix = '/davit/test/tools';
const parameter = (name: string, Value: string, Version = 1) => ({
  Name: `${prefix}/${name}`,
  Value,
  Version,
});
const refusal = { version: '9.9.9', why: 'there is no image transcoder:9.9.9', at: at(5) };
const live = (over: object = {}) =>
  parameter(
    'transcoder/live',
    liveText({ release, pinVersion: 1, specVersion: 1, changedAt: 0, ...over }),
  );
const spec = parameter('transcoder/spec', '{}');

const record = marshall(
  storedFields({
    taskId: '#version/transcoder/1.0.0',
    tool: 'transcoder',
    version: '1.0.0',
    imageDigest: 'sha256:abc',
    definitions: release.definitions,
    spec: release.spec,
    specVersion: 1,
    registeredAt: start,
    provenAt: at(20),
    failedStarts: 0,
  }),
);
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
  test('tells what is live, what is pinned and why that is not the same', async () => {
    const result = await ran(versions, [], {
      ...stage,
      GetParameterHistory: ({ Name = '' }: Readonly<Record<string, string>>) =>
        Name.includes('/transcoder/') ? stage.GetParameterHistory() : { Parameters: [] },
    });
    expect(result.out).toEqual([
      'echo  nothing is pinned; no version is live, so its tasks wait',
      '',
      'transcoder  live 1.0.0, pinned 9.9.9',
      '  refused 9.9.9 at 2026-11-24T04:12:05Z: there is no image transcoder:9.9.9',
      '  VERSION  STATE            RUNS NOW  REGISTERED',
      '  1.0.0    live, proven            1  2026-11-24T04:12:00Z',
      '  9.9.9    pinned, refused         0  -',
    ]);
  });

  test('is one JSON document for scripts', async () => {
    const result = await ran(versions, ['transcoder', '--json'], stage);
    expect(JSON.parse(result.out.join('\n'))).toEqual({
      tools: [
        {
          tool: 'transcoder',
          pinned: '9.9.9',
          live: '1.0.0',
          refusal: { ...refusal, at: '2026-11-24T04:12:05.000Z' },
          versions: [
            {
              version: '1.0.0',
              isLive: true,
              isPinned: false,
              runsNow: 1,
              imageDigest: 'sha256:abc',
              definitions: release.definitions,
              registeredAt: '2026-11-24T04:12:00.000Z',
              provenAt: '2026-11-24T04:12:20.000Z',
            },
            {
              version: '9.9.9',
              isLive: false,
              isPinned: true,
              runsNow: 0,
              refused: refusal.why,
            },
          ],
        },
      ],
    });
  });

  test('an unknown tool is told with those that there are', async () => {
    const result = await ran(versions, ['mixer'], stage);
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toContain('there are: echo, transcoder');
  });
});

/** A stage in which release moves after the pin was looked at twice. */
const releasing = (after: object) => {
  const put: unknown[] = [];
  let looks = 0;
  return {
    put,
    PutParameter: (input: unknown) => {
      put.push(input);
      return { Version: 2 };
    },
    GetParametersByPath: () => {
      looks += 1;
      return { Parameters: [spec, looks > 3 ? live(after) : live()] };
    },
  };
};
const asks = ({ put: _put, ...answers }: ReturnType<typeof releasing>) => answers;

describe('pin', () => {
  const next = { ...release, version: '1.1.0' };

  test('overwrites the parameter, and waits until the version is live', async () => {
    const aws = releasing({ release: next, pinVersion: 2 });
    const result = await ran(pin, ['transcoder', '1.1.0'], asks(aws));
    expect(result).toMatchObject({ code: 0, out: ['transcoder 1.1.0 is live.'] });
    expect(aws.put).toEqual([
      { Name: `${prefix}/transcoder/version`, Value: '1.1.0', Type: 'String', Overwrite: true },
    ]);
  });

  test('a refusal is told with its reason, and has its own exit code', async () => {
    const aws = releasing({ pinVersion: 2, refusal });
    const result = await ran(pin, ['transcoder', '9.9.9'], asks(aws));
    expect(result.code).toBe(7);
    expect(result.remarks.at(-1)).toBe(
      'transcoder 9.9.9 did not become live: there is no image transcoder:9.9.9.',
    );
  });

  test('an older refusal of the same version is not taken for the answer', async () => {
    const old = { ...refusal, version: '1.1.0' };
    const aws = { ...releasing({ release: next, pinVersion: 2 }) };
    let looks = 0;
    const GetParametersByPath = () => {
      looks += 1;
      return looks > 3 ? aws.GetParametersByPath() : { Parameters: [spec, live({ refusal: old })] };
    };
    const result = await ran(pin, ['transcoder', '1.1.0'], { ...asks(aws), GetParametersByPath });
    expect(result.code).toBe(0);
  });

  test('a pin that nobody answers is given up after the timeout, and stays', async () => {
    const aws = asks(releasing({}));
    const result = await ran(pin, ['transcoder', '1.1.0', '--timeout', '5'], aws);
    expect(result.code).toBe(7);
    expect(result.remarks.at(-1)).toContain(
      'After 5 s transcoder 1.1.0 is neither live nor refused',
    );
  });

  test('somebody else pinned meanwhile', async () => {
    const GetParametersByPath = () => ({
      Parameters: [spec, live(), parameter('transcoder/version', '2.0.0', 3)],
    });
    const result = await ran(pin, ['transcoder', '1.1.0', '--json'], {
      ...asks(releasing({})),
      GetParametersByPath,
    });
    expect(result.code).toBe(7);
    expect(JSON.parse(result.out.join())).toEqual({
      tool: 'transcoder',
      version: '1.1.0',
      pinVersion: 2,
      state: 'overtaken',
      why: 'somebody pinned 2.0.0 meanwhile',
    });
  });

  test('--no-wait only writes the pin', async () => {
    const aws = asks(releasing({}));
    const result = await ran(pin, ['transcoder', '1.1.0', '--no-wait'], aws);
    expect(result).toEqual({ code: 0, out: ['transcoder 1.1.0 is pinned.'], remarks: [] });
  });

  test('a tool that no deployment has described is not pinned', async () => {
    const result = await ran(pin, ['mixer', '1.0.0'], {
      GetParametersByPath: () => ({ Parameters: [] }),
    });
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toBe('There is no tool "mixer" in the test.');
  });
});
