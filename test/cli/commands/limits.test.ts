import { describe, expect, test } from 'vitest';
import { limits } from '../../../cli/commands/limits.ts';
import { limitAnswers, stageAnswers } from '../limit-answers.ts';
import { runCommand } from '../run.ts';

describe('limits', () => {
  test('says how many places are taken, who waits, and who is next: the tenant with the fewest runs', async () => {
    const { out, code } = await runCommand(limits, [], limitAnswers());
    expect(code).toBe(0);
    expect(out).toEqual([
      'transcoder: 2 of 2 places taken; 3 tasks wait, the next is film-5 of beta',
      '  acme: 2 of 2 running; 2 tasks wait',
      '  beta: 0 of 2 running; 1 task waits',
    ]);
  });

  test('prints the same as JSON', async () => {
    const { out } = await runCommand(limits, ['transcoder', '--json'], limitAnswers());
    expect(JSON.parse(out.join())).toEqual({
      limits: [
        {
          tool: 'transcoder',
          maxRunning: 2,
          maxPerTenant: 2,
          taken: 2,
          waiting: 3,
          next: { taskId: 'film-5', tenant: 'beta' },
          tenants: [
            { tenant: 'acme', running: 2, waiting: 2 },
            { tenant: 'beta', running: 0, waiting: 1 },
          ],
        },
      ],
      stage: null,
    });
  });

  test('shows the limit of the stage, and of a tool the places that its runs have in it', async () => {
    const { out } = await runCommand(limits, [], stageAnswers());
    expect(out).toEqual([
      'all tools: 3 of 4 places taken; 3 tasks wait, the next is echo-2 of beta',
      '  acme: 3 running; 1 task waits',
      '  beta: 0 running; 1 task waits',
      '  gamma: 0 running; 1 task waits',
      'transcoder: 2 of 2 places taken; 2 tasks wait, the next is film-5 of gamma',
      '  acme: 2 of 2 running; 1 task waits',
      '  gamma: 0 of 2 running; 1 task waits',
    ]);
  });

  test('says that a tool has no limit, and ends with 3 for a tool that does not exist', async () => {
    const { out } = await runCommand(limits, ['echo'], limitAnswers());
    expect(out).toEqual(['There is no limit.']);
    const { code, remarks } = await runCommand(limits, ['ecko'], limitAnswers());
    expect(code).toBe(3);
    expect(remarks.join()).toContain('ecko');
  });
});
