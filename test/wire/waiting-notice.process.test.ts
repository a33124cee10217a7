import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { itemOf } from '../../shared/aws/row.ts';
import { membersOf } from '../../shared/core/object.ts';
import { taskOf } from '../../shared/wire/row.ts';
import { start } from '../kit/facts.ts';
import { hasPreviousRelease, previousRelease } from '../kit/previous-release.ts';
import { onward, samples } from '../kit/samples.ts';

const hold = { by: 'tool/echo', cause: 'paused', why: 'echo is paused: tests', since: start };
const other = { ...hold, by: 'placement/cpu', cause: 'noCapacity', why: 'cpu: no capacity' };
const waiting = onward(samples.QUEUED, [0, { kind: 'held', run: 1, hold }]);
/** Besides what it could not send, it has the next cause to tell at its time. */
const paced = onward(waiting, [1_000, { kind: 'held', run: 1, hold: other }]);

/** A shallow clone may lack the history. */
const isThere = await hasPreviousRelease();

it.skipIf(!isThere).each([
  ['why it waits', waiting],
  ['at its time why it waits', paced],
])(
  'a row that has to tell %s is read by the previous release, which keeps what there is to tell',
  async (_name, row) => {
    const root = await previousRelease();
    const previous = {
      ...(await import(`${root}/shared/wire/row.ts`)),
      ...(await import(`${root}/shared/aws/row.ts`)),
      ...(await import(`${root}/shared/core/step.ts`)),
    };
    const stored = unmarshall(marshall(itemOf(row)));
    const read = previous.taskOf(stored);
    const asked = { kind: 'cancelAsked', taskId: 'film-1' };
    const cancelled = previous.step(read, asked, row.updatedAt + 1_000).task;
    const { set, remove } = previous.changesOf(cancelled, read);
    const after = { ...stored, ...membersOf(set) };
    for (const name of remove) delete after[name];
    expect(taskOf(after)).toMatchObject({
      phase: 'CANCELLED',
      outbox: [...row.outbox, {}, {}, {}],
    });
  },
);
