import { describe, expect, test } from 'vitest';
import { placements } from '../../../cli/commands/placements.ts';
import { closedGate } from '../pins.ts';
import { runCommand } from '../run.ts';

const closedOn = (by: string) => ({
  GetItem: ({ Key }: { readonly Key?: { readonly taskId: { readonly S: string } } }) =>
    Key?.taskId.S === `#gate/${by}` ? { Item: closedGate } : {},
  Query: ({
    ExpressionAttributeValues: values,
  }: {
    readonly ExpressionAttributeValues?: object;
  }) => (JSON.stringify(values).includes(by) ? { Count: 2 } : { Count: 0 }),
});

describe('placements', () => {
  test('says what is closed: since when, why, when it is tried, and how many tasks wait', async () => {
    const { out, code } = await runCommand(placements, [], closedOn('placement/cpu-spot'));
    expect(code).toBe(0);
    expect(out).toEqual([
      'cpu         open',
      expect.stringMatching(
        /^cpu-spot {4}closed since \d\d:\d\d:\d\d UTC \(RESOURCE:CPU\); 3 refusals in a row, next try at .* UTC; 2 tasks wait$/,
      ),
      'deployment  open',
    ]);
  });

  test('prints the same as JSON', async () => {
    const { out } = await runCommand(placements, ['--json'], closedOn('deployment'));
    expect(JSON.parse(out.join())).toMatchObject({
      placements: [
        { placement: 'cpu', state: 'open', since: null, why: null, nextTry: null, waiting: 0 },
        { placement: 'cpu-spot', state: 'open' },
        { placement: 'deployment', why: 'RESOURCE:CPU', waiting: 2 },
      ],
    });
  });
});
