import { describe, expect, test } from 'vitest';
import type { Command } from '../../cli/command.ts';
import { list } from '../../cli/commands/list.ts';
import { logs } from '../../cli/commands/logs.ts';
import { show } from '../../cli/commands/show.ts';
import { submit } from '../../cli/commands/submit.ts';
import { control } from './fake-aws.ts';
import { parameter } from './pins.ts';
import { runCommand } from './run.ts';

describe('a command line', () => {
  test.each<[string, Command, readonly string[], string]>([
    ['a missing argument', show, [], '<task> is missing.'],
    ['one argument too many', show, ['a', 'b'], '`davit show` does not expect "b".'],
    ['an unknown option', list, ['--limits', '3'], '`davit list` has no option --limits.'],
    ['an unknown short option', list, ['-x'], '`davit list` has no option -x.'],
    ['an option without its value', list, ['--limit'], '--limit needs a value.'],
    ['an option with an empty value', submit, ['echo', '--id', ''], '--id needs a value.'],
    ['an empty argument', show, [''], '<task> is empty.'],
    [
      'an option where another one expects its value',
      list,
      ['--tool', '--json'],
      '--tool needs a value, and "--json" is an option: write --tool=--json if it is the value.',
    ],
    [
      'a short option where another one expects its value',
      submit,
      ['echo', '--id', '-f'],
      '--id needs a value, and "-f" is an option',
    ],
    [
      'the end of the options where a value is expected',
      show,
      ['--stage', '--', 't'],
      '--stage needs a value',
    ],
    [
      'a text option that is negated',
      list,
      ['--no-limit'],
      '`davit list` has no option --no-limit.',
    ],
    ['an argument as an option', show, ['t', '--task=u'], '`davit show` has no option --task.'],
    ['a name that the parser uses itself', show, ['t', '--_=u'], '`davit show` has no option --_.'],
    [
      'an argument that is negated',
      show,
      ['t', '--no-task'],
      '`davit show` has no option --no-task.',
    ],
    [
      'a flag with a value',
      list,
      ['--json=no'],
      '--json takes no value, and got "no": write --json for yes, or --no-json for no.',
    ],
    ['a text instead of a number', list, ['--limit', 'ten'], 'from 1 to 10000, and got "ten"'],
    [
      '--run and --follow',
      logs,
      ['t', '--run', '1', '-f'],
      '--run prints one run, and --follow prints all further runs',
    ],
    [
      '--raw and --json',
      logs,
      ['t', '--raw', '--json'],
      '--json escapes characters that --raw prints unchanged',
    ],
    ['--logs alone', submit, ['echo', '--logs'], '--logs works only with --follow'],
  ])('with %s is refused in one sentence', async (_what, command, args, sentence) => {
    const result = await runCommand(command, args, {});
    expect(result).toMatchObject({ code: 2, out: [] });
    expect(result.remarks.join('\n')).toContain(sentence);
    expect(result.remarks).toHaveLength(1);
  });

  test('may have a value that looks like an option, after an equals sign', async () => {
    const asked: string[] = [];
    const aws = control((request) => {
      if (request.ask === 'submit') asked.push(request.taskId);
      return { kind: 'submitted', taskId: 'not used' };
    });
    const result = await runCommand(submit, ['--id=--follow', '--', 'echo'], {
      ...aws,
      GetItem: () => ({}),
      GetParametersByPath: () => ({ Parameters: [parameter('echo/spec', '{}')] }),
    });
    expect(result).toMatchObject({ code: 0, out: ['--follow'] });
    expect(asked).toEqual(['--follow']);
  });

  test('has a help text without colours', async () => {
    const help = await submit.help();
    expect(help).toContain('USAGE davit submit [OPTIONS] <TOOL>');
    expect(help).toContain('    4  submit --follow: the task FAILED');
    expect(help).not.toContain('\u001b');
  });
});
