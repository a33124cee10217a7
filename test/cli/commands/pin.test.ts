import { describe, expect, test } from 'vitest';
import { pin } from '../../../cli/commands/pin.ts';
import { live, parameter, prefix, refusal, spec } from '../pins.ts';
import { ran } from '../run.ts';
import { release } from '../tasks.ts';

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
  const definitions = { fargate: release.definitions.fargate?.replace('1_0_0', '1_1_0') ?? '' };
  const next = { ...release, version: '1.1.0', definitions };

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

  test.each(['a b', ' 1.0.0', '1_0', '.1', 'v'.repeat(65), '\u001b[2J'])(
    'what can be no version (%j) is refused, and nothing is overwritten',
    async (version) => {
      const aws = releasing({});
      const result = await ran(pin, ['transcoder', version], asks(aws));
      expect(result).toMatchObject({ code: 2, out: [] });
      expect(result.remarks).toEqual([
        expect.stringMatching(/^Nothing was pinned: a version is an image tag of up to 64 letters/),
      ]);
      expect(result.remarks[0]).not.toContain('\u001b');
      expect(aws.put).toEqual([]);
    },
  );

  test('a tool that no deployment has described is not pinned', async () => {
    const result = await ran(pin, ['mixer', '1.0.0'], {
      GetParametersByPath: () => ({ Parameters: [] }),
    });
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toBe(
      'There is no tool "mixer" in the test. `davit versions` lists them all.',
    );
  });
});
