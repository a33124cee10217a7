import { describe, expect, test } from 'vitest';
import { logs } from '../../../cli/commands/logs.ts';
import { itemOf } from '../fake-aws.ts';
import { first, logOf, second } from '../log-streams.ts';
import { runCommand } from '../run.ts';
import { ended, queued, running, runRecord, start } from '../tasks.ts';

describe('logs', () => {
  const two = logOf({ first: ['a', 'b'], second: ['c'] });

  test('prints what the latest run printed', async () => {
    const result = await runCommand(logs, ['t'], {
      ...two,
      GetItem: () => itemOf(running(second)),
    });
    expect(result).toEqual({ code: 0, out: ['c'], remarks: [] });
  });

  test('prints what an earlier run printed, as JSON lines', async () => {
    const args = ['film-42', '--run', '1', '--json'];
    const result = await runCommand(logs, args, { ...two, GetItem: () => itemOf(running(second)) });
    expect(result.out.map((line) => JSON.parse(line))).toEqual([
      { taskId: 'film-42', run: 1, at: '2026-11-24T04:12:00.000Z', message: 'a' },
      { taskId: 'film-42', run: 1, at: '2026-11-24T04:12:00.000Z', message: 'b' },
    ]);
  });

  test('follows a task over its runs until its end, and prints late lines too', async () => {
    const looks = [
      running({ ecsTaskArn: 'arn:task/c/first' }),
      running({ ecsTaskArn: 'arn:task/c/first' }),
      running(second),
      ended({ ...second, runs: [first, runRecord({ run: 2, ecsTaskArn: second.ecsTaskArn })] }),
    ];
    let look = -1;
    const GetItem = () => {
      look += 1;
      return itemOf(looks[Math.min(look, 3)] ?? running());
    };
    // The last line of the first run arrives only when the second one runs.
    const linesOf = (stream: string): readonly string[] =>
      stream === 'second' ? ['c'] : ['a', 'b'].slice(0, look < 2 ? 1 : 2);
    const GetLogEvents = ({
      logStreamName = '',
      nextToken = '0',
    }: Readonly<Record<string, string>>) => {
      const lines = linesOf(logStreamName.split('/').at(-1) ?? '');
      const events = lines
        .slice(Number(nextToken))
        .map((message) => ({ timestamp: start, message }));
      return { events, nextForwardToken: String(lines.length) };
    };
    const result = await runCommand(logs, ['t', '-f'], { GetItem, GetLogEvents });
    expect(result).toEqual({ code: 0, out: ['a', 'b', 'c'], remarks: [] });
  });

  test.each([
    ['a queued task', queued(), 'has no container yet: run 1 waits'],
    ['a run that has printed nothing yet', running(), 'has printed nothing yet (RUNNING)'],
    ['a run that is over', ended(), 'printed nothing, or its log has expired'],
  ])('says why %s has no lines', async (_what, task, why) => {
    const result = await runCommand(logs, ['t'], { ...logOf({}), GetItem: () => itemOf(task) });
    expect(result).toMatchObject({ code: 0, out: [] });
    expect(result.remarks[0]).toContain(why);
  });

  test('repeats the reason of a REJECTED task, with one full stop', async () => {
    const { runs: _runs, ecsTaskArn: _arn, ...row } = ended({ phase: 'REJECTED', runs: [] });
    const remarksFor = async (reason: string) => {
      const GetItem = () => itemOf({ ...row, runs: [], reason });
      return (await runCommand(logs, ['t'], { GetItem })).remarks;
    };
    const sentence = 'Task film-42 ended as REJECTED without a container: There is no such tool.';
    expect(await remarksFor('There is no such tool.')).toEqual([sentence]);
    expect(await remarksFor('There is no such tool')).toEqual([sentence]);
  });

  test('distinguishes a run that never existed from a run that printed nothing', async () => {
    const result = await runCommand(logs, ['t', '--run', '7'], {
      GetItem: () => itemOf(running(second)),
    });
    expect(result.code).toBe(3);
    expect(result.remarks[0]).toContain('has no container for run 7; it has containers for 1, 2');
  });
});
