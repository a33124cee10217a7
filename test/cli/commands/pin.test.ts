import { describe, expect, test } from 'vitest';
import { pin } from '../../../cli/commands/pin.ts';
import { live, parameter, prefix, refusal, spec } from '../pins.ts';
import { runCommand } from '../run.ts';
import { release } from '../tasks.ts';

/** A stage in which release answers the pin after some reads. */
const releasing = (after: object) => {
  const put: unknown[] = [];
  let reads = 0;
  return {
    put,
    PutParameter: (input: unknown) => {
      put.push(input);
      return { Version: 2 };
    },
    GetParametersByPath: () => {
      reads += 1;
      return { Parameters: [spec, reads > 3 ? live(after) : live()] };
    },
  };
};
const asks = ({ put: _put, ...answers }: ReturnType<typeof releasing>) => answers;

describe('pin', () => {
  const definitions = { fargate: release.definitions.fargate?.replace('1_0_0', '1_1_0') ?? '' };
  const next = { ...release, version: '1.1.0', definitions };

  test('overwrites the parameter, and waits until the version is live', async () => {
    const aws = releasing({ release: next, pinVersion: 2 });
    const result = await runCommand(pin, ['transcoder', '1.1.0'], asks(aws));
    expect(result).toMatchObject({ code: 0, out: ['transcoder 1.1.0 is live.'] });
    expect(aws.put).toEqual([
      { Name: `${prefix}/transcoder/version`, Value: '1.1.0', Type: 'String', Overwrite: true },
    ]);
  });

  test('prints the reason of a refusal, and has an exit code for it', async () => {
    const aws = releasing({ pinVersion: 2, refusal });
    const result = await runCommand(pin, ['transcoder', '9.9.9'], asks(aws));
    expect(result.code).toBe(7);
    expect(result.remarks.at(-1)).toBe(
      'transcoder 9.9.9 did not become live: there is no image transcoder:9.9.9.',
    );
  });

  test('does not take an older refusal of the same version for the answer', async () => {
    const old = { ...refusal, version: '1.1.0' };
    const aws = { ...releasing({ release: next, pinVersion: 2 }) };
    let reads = 0;
    const GetParametersByPath = () => {
      reads += 1;
      return reads > 3 ? aws.GetParametersByPath() : { Parameters: [spec, live({ refusal: old })] };
    };
    const result = await runCommand(pin, ['transcoder', '1.1.0'], {
      ...asks(aws),
      GetParametersByPath,
    });
    expect(result.code).toBe(0);
  });

  test('stops waiting after the timeout, and the pin stays', async () => {
    const aws = asks(releasing({}));
    const result = await runCommand(pin, ['transcoder', '1.1.0', '--timeout', '5'], aws);
    expect(result.code).toBe(7);
    expect(result.remarks.at(-1)).toContain(
      'After 5 s transcoder 1.1.0 is neither live nor refused',
    );
  });

  test('says when another pin came in the meantime', async () => {
    const GetParametersByPath = () => ({
      Parameters: [spec, live(), parameter('transcoder/version', '2.0.0', 3)],
    });
    const result = await runCommand(pin, ['transcoder', '1.1.0', '--json'], {
      ...asks(releasing({})),
      GetParametersByPath,
    });
    expect(result.code).toBe(7);
    expect(JSON.parse(result.out.join())).toEqual({
      tool: 'transcoder',
      version: '1.1.0',
      pinVersion: 2,
      state: 'overtaken',
      why: 'someone pinned 2.0.0 in the meantime',
    });
  });

  test('--no-wait only writes the pin', async () => {
    const aws = asks(releasing({}));
    const result = await runCommand(pin, ['transcoder', '1.1.0', '--no-wait'], aws);
    expect(result).toEqual({ code: 0, out: ['transcoder 1.1.0 is pinned.'], remarks: [] });
  });

  test.each(['a b', ' 1.0.0', '1_0', '.1', 'v'.repeat(65), '\u001b[2J'])(
    'refuses a text that cannot be a version (%j), and overwrites nothing',
    async (version) => {
      const aws = releasing({});
      const result = await runCommand(pin, ['transcoder', version], asks(aws));
      expect(result).toMatchObject({ code: 2, out: [] });
      expect(result.remarks).toEqual([
        expect.stringMatching(/^Nothing was pinned: a version is an image tag of up to 64 letters/),
      ]);
      expect(result.remarks[0]).not.toContain('\u001b');
      expect(aws.put).toEqual([]);
    },
  );

  test('does not pin a tool that no deployment has described', async () => {
    const result = await runCommand(pin, ['mixer', '1.0.0'], {
      GetParametersByPath: () => ({ Parameters: [] }),
    });
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toBe(
      'There is no tool "mixer" in the test. `davit versions` lists them all.',
    );
  });
});
