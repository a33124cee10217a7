import { ParameterNotFound } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { pause } from '../../../cli/commands/pause.ts';
import { resume } from '../../../cli/commands/resume.ts';
import { parameter, prefix, spec } from '../pins.ts';
import { runCommand } from '../run.ts';

/** SSM with the transcoder, and what is written there. */
const ssm = (isPaused = true) => {
  const calls: unknown[] = [];
  return {
    calls,
    answers: {
      GetParametersByPath: () => ({
        Parameters: [spec, parameter('gone/paused', 'it was removed')],
      }),
      PutParameter: (input: unknown) => {
        calls.push(input);
        return { Version: 1 };
      },
      DeleteParameter: (input: unknown) => {
        calls.push(input);
        if (!isPaused) throw new ParameterNotFound({ message: 'none', $metadata: {} });
        return {};
      },
    },
  };
};

describe('pause', () => {
  test('writes the sentence to the parameter of the tool', async () => {
    const { answers, calls } = ssm();
    const result = await runCommand(pause, ['transcoder', '--why', ' the disk is full '], answers);
    expect(result).toMatchObject({ code: 0, out: ['transcoder is paused: the disk is full'] });
    expect(calls).toEqual([
      {
        Name: `${prefix}/transcoder/paused`,
        Value: 'the disk is full',
        Type: 'String',
        Overwrite: true,
      },
    ]);
  });

  test('writes one parameter of the stage for all tools', async () => {
    const { answers, calls } = ssm();
    const result = await runCommand(pause, ['--all', '--why', 'maintenance', '--json'], answers);
    expect(JSON.parse(result.out.join())).toEqual({ tool: null, paused: 'maintenance' });
    expect(calls).toMatchObject([{ Name: '/davit/test/paused', Value: 'maintenance' }]);
  });

  test.each([
    [['transcoder'], 2, /--why must be a sentence of 1 to 500 characters/],
    [['transcoder', '--why', '  '], 2, /--why must be a sentence/],
    [['transcoder', '--why', 'x'.repeat(501)], 2, /--why must be a sentence/],
    [['--why', 'x'], 2, /name one tool, or --all/],
    [['transcoder', '--all', '--why', 'x'], 2, /name one tool, or --all/],
    [['a/b', '--why', 'x'], 2, /name one tool, or --all/],
    [['transcodr', '--why', 'x'], 3, /There is no tool "transcodr".*nearest is "transcoder"/],
    [['gone', '--why', 'x'], 3, /There is no tool "gone"/],
  ])('refuses %j with a sentence', async (args, code, sentence) => {
    const { answers, calls } = ssm();
    const result = await runCommand(pause, args, answers);
    expect(result.code).toBe(code);
    expect(result.remarks.at(-1)).toMatch(sentence);
    expect(calls).toEqual([]);
  });
});

describe('resume', () => {
  test('deletes the parameter, also of a tool that was removed', async () => {
    for (const tool of ['transcoder', 'gone']) {
      const { answers, calls } = ssm();
      const result = await runCommand(resume, [tool], answers);
      expect(result).toMatchObject({ code: 0, out: [`${tool} is resumed.`] });
      expect(calls).toEqual([{ Name: `${prefix}/${tool}/paused` }]);
    }
  });

  test('ends the pause of the stage', async () => {
    const { answers, calls } = ssm();
    expect(await runCommand(resume, ['--all'], answers)).toMatchObject({
      out: ['The stage is resumed.'],
    });
    expect(calls).toEqual([{ Name: '/davit/test/paused' }]);
  });

  test('says when there was no pause', async () => {
    const none = ssm(false).answers;
    expect((await runCommand(resume, ['transcoder'], none)).out).toEqual([
      'transcoder was not paused: nothing was changed.',
    ]);
    expect((await runCommand(resume, ['--all'], none)).out.join()).toMatch(/stage was not paused/);
    const json = await runCommand(resume, ['--all', '--json'], none);
    expect(JSON.parse(json.out.join())).toEqual({ tool: null, wasPaused: false });
  });

  test('names the nearest tool when there is none of that name', async () => {
    const result = await runCommand(resume, ['transcodr'], ssm().answers);
    expect(result).toMatchObject({ code: 3 });
  });
});
