import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { dead } from '../../../cli/commands/dead.ts';
import { deadIndex, deadRow } from '../dead-rows.ts';
import { runCommand } from '../run.ts';

describe('dead', () => {
  test('groups tasks by tool, phase and reason, the largest group first', async () => {
    const index = deadIndex([
      deadRow('a', { reason: 'exit 64' }),
      deadRow('b', { reason: 'the id b belongs to another message', phase: 'REJECTED' }),
      deadRow('c', { reason: 'the id c belongs to another message', phase: 'REJECTED' }),
      deadRow('d', { reason: 'exit 64', tool: 'echo' }),
    ]);
    const result = await runCommand(dead, [], index);
    expect(result.code).toBe(0);
    expect(result.out.slice(1).map((line) => line.trim().split(/ {2,}/))).toEqual([
      [
        'transcoder',
        'REJECTED',
        '2',
        expect.any(String),
        'b',
        expect.stringMatching(/id <id> bel/),
      ],
      ['transcoder', 'FAILED', '1', expect.any(String), 'a', 'exit 64'],
      ['echo', 'FAILED', '1', expect.any(String), 'd', 'exit 64'],
    ]);
  });

  test('selects a tool and a part of the reason', async () => {
    const index = deadIndex([
      deadRow('a', { reason: 'exit 64' }),
      deadRow('b', { reason: 'Exit 65 of all' }),
      deadRow('c', { reason: 'exit 64', tool: 'echo' }),
    ]);
    const args = ['--tool', 'transcoder', '--reason', 'EXIT 65', '--json'];
    const { out } = await runCommand(dead, args, index);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      groups: [{ reason: 'Exit 65 of all', count: 1, taskIds: ['b'] }],
    });
  });

  test('says when there are none', async () => {
    const result = await runCommand(dead, [], { Query: () => ({ Items: [] }) });
    expect(result.out).toEqual(['No task is FAILED or REJECTED.']);
  });

  test('shows a row without a tool or a reason', async () => {
    const { reason: _reason, tool: _tool, ...row } = deadRow('a', {});
    const Items = [marshall({ ...row, outcome: 'rejected' })];
    const result = await runCommand(dead, [], {
      Query: ({ ExpressionAttributeValues: values }) =>
        JSON.stringify(values).includes('FAILED') ? { Items } : { Items: [] },
    });
    expect(result.out[1]).toMatch(/^- +FAILED +1 .* rejected$/);
  });
});
