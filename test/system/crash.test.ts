import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SeenCall } from '../../local/stack.ts';
import { openTestStack, type Row, type TestStack, tallyOf } from '../kit/local-stack.ts';
import { echoOf, publish } from '../kit/publisher.ts';
import { declareQueue, takeEvents } from '../kit/replies.ts';
import { until } from '../kit/until.ts';

type Spot = Pick<SeenCall, 'functionName' | 'service' | 'action' | 'phase'>;

/** The call at which the next process dies: number `at` of this kind from now on. `seen` counts them. */
interface Death {
  readonly spot: Spot;
  readonly at: number;
  seen: number;
  died: boolean;
}

const dispatch = 'davit-local-dispatch';
const faults = { loseEcsEvents: false, onCall: (call: SeenCall) => onCall(call) };
let death: Death | undefined;
let one: TestStack;

const isAt = (call: SeenCall, { functionName, service, action, phase }: Spot): boolean =>
  call.functionName === functionName &&
  call.service === service &&
  call.action === action &&
  call.phase === phase;

/** How many rows dispatch had asked for when it asked for each of its runs. */
let rowsMade: number[] = [];
let rowsAsked = 0;

const countRows = (call: SeenCall): void => {
  if (call.functionName !== dispatch || call.phase !== 'before') return;
  if (call.action === 'PutItem') rowsAsked += 1;
  if (call.action === 'RunTask') rowsMade.push(rowsAsked);
};

const onCall = (call: SeenCall): 'killCaller' | undefined => {
  countRows(call);
  if (death === undefined || !isAt(call, death.spot)) return undefined;
  death.seen += 1;
  if (death.died || death.seen !== death.at) return undefined;
  death.died = true;
  return 'killCaller';
};

const replies = 'reply.crash';
const published: string[] = [];

const publishEchoes = async (ids: readonly string[]): Promise<void> => {
  published.push(...ids);
  await publish(
    one.stack.addresses.amqp,
    ids.map((id) => ({ ...echoOf(id, { appendTo: one.tallyFile }), replyTo: replies })),
  );
};

const hasDied = (): boolean => death?.died === true;

const theDeath = (): Promise<Death> =>
  until('the death of a process', () => (death?.died ? death : undefined), 60_000);

beforeAll(async () => {
  one = await openTestStack({ faults });
  await declareQueue(one.stack.addresses.amqp, replies);
});

afterAll(() => one?.close());

// First, because the work that settle leaves undone is done a minute later: the other tests run meanwhile.
test.each([1, 2, 3, 4])('settle dies after its write number %i, and comes back', async (at) => {
  death = {
    spot: {
      functionName: 'davit-local-settle',
      service: 'dynamodb',
      action: 'UpdateItem',
      phase: 'after',
    },
    at,
    seen: 0,
    died: false,
  };
  // The number of writes of settle for a run depends on how its events are batched, and on the writes that the sweep made first.
  for (let n = 1; !hasDied(); n += 1) {
    const id = `settle-${at}-${n}`;
    await publishEchoes([id]);
    const isOver = async () => hasDied() || (await one.rows.row(id))?.endedAt !== undefined;
    await until(`the end of ${id}, or of settle`, isOver, 60_000);
  }
});

const isLaunched = ({ phase }: Row): boolean => phase !== 'QUEUED' && phase !== 'LAUNCHING';

/**
 * Dispatch dies at its RunTask number `at` for five messages. The one before them keeps dispatch busy while the five
 * gather; its own RunTask is the first.
 */
const dieAt = async (name: string, at: number, phase: 'before' | 'after'): Promise<Death> => {
  const ids = Array.from({ length: 5 }, (_, n) => `${name}-${n + 1}`);
  const spot = { functionName: dispatch, service: 'ecs', action: 'RunTask', phase } as const;
  death = { spot, at: at + 1, seen: 0, died: false };
  rowsMade = [];
  rowsAsked = 0;
  await publishEchoes([`${name}-busy`, ...ids]);
  const died = await theDeath();
  // From here on dispatch makes no more calls to ECS for them; the last test checks how they ended.
  for (const id of ids) await one.rows.when(id, isLaunched);
  return died;
};

/** The same; repeats when the five did not come as one batch. */
const dieAmongFive = async (
  name: string,
  at: number,
  phase: 'before' | 'after',
): Promise<Death> => {
  for (let again = 0; again < 10; again += 1) {
    const died = await dieAt(`${name}-${at}-${again}`, at, phase);
    // Rows of one batch are made at once: all were there when the first of the five was launched.
    const made = rowsMade[1] ?? 0;
    if (made === 6) return died;
    console.info(`${made} rows, not 6, were asked for before the first of the five ran: once more`);
    // A batch that is redelivered late would be counted with the next five. A message behind it in the queue comes after it.
    const behind = `${name}-${at}-${again}-behind`;
    await publishEchoes([behind]);
    await one.rows.when(behind, isLaunched);
  }
  throw new Error('Five messages that were published at once never came as one batch.');
};

const each = test.each([1, 2, 3, 4, 5]);

each(
  'dispatch dies after ECS accepted run number %i of five, before it gets the answer',
  async (at) => {
    await dieAmongFive('after', at, 'after');
  },
);

each('the same, and no event says that ECS accepted it: run number %i', async (at) => {
  faults.loseEcsEvents = true;
  const { seen } = await dieAmongFive('no-events', at, 'after').finally(() => {
    faults.loseEcsEvents = false;
  });
  // Only ECS knew of that run: the same order was sent again.
  expect(seen).toBeGreaterThan(6);
});

each('dispatch dies before it asks for run number %i of five', async (at) => {
  await dieAmongFive('before', at, 'before');
});

test('every task of all of them ran exactly once, and its publisher was notified', async () => {
  const rows = await one.rows.whenAllEnded(published.length, 120_000);
  expect(rows.filter(({ phase, run }) => phase !== 'SUCCEEDED' || run !== 1)).toEqual([]);
  const starts = tallyOf(one.tallyFile).map(({ taskId, run }) => `${taskId} ${run}`);
  expect(starts.toSorted()).toEqual(published.map((id) => `${id} 1`).toSorted());
  const events = await takeEvents(one.stack.addresses.amqp, replies);
  const succeeded = events.filter(({ what }) => what === 'succeeded').map(({ taskId }) => taskId);
  expect([...new Set(succeeded)].toSorted()).toEqual(published.toSorted());
});
