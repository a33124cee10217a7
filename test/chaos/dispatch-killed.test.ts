import { afterAll, beforeAll, test } from 'vitest';
import { countOf, holdsAll, type KilledStack, openKilledStack } from '../kit/killed-stack.ts';

let killed: KilledStack;

beforeAll(async () => {
  killed = await openKilledStack(['1.0.0']);
});

afterAll(() => killed?.close());

/** Four tasks and one for a tool that does not exist, as one batch: the task before them keeps dispatch busy until all of them wait. */
const batchOfFive = (name: string) => {
  const ids = [1, 2, 3, 4].map((n) => killed.idOf(`${name}-${n}`));
  const bad = killed.idOf(`${name}-bad`);
  return {
    isIt: holdsAll([...ids, bad]),
    cause: () => {
      killed.mustReject([bad]);
      const [busy, ...good] = killed.echoes([killed.idOf(`${name}-busy`), ...ids]);
      const replyTo = busy?.replyTo ?? '';
      const rejected = { taskId: bad, body: { tool: 'nothing' }, replyTo };
      const messages = busy === undefined ? [] : [busy, ...good, rejected];
      return killed.send(messages);
    },
  };
};

// A minute and a half on two free cores: the trigger waits a second before it tries a batch again.
test('dispatch is killed before and after each of its calls for a batch of five: nothing is lost, and nothing runs twice', async () => {
  await killed.killAtEach('dispatch', {
    functionName: 'davit-local-dispatch',
    act: batchOfFive,
    isWhole: (calls) => countOf(calls, 'ecs RunTask') >= 4 && countOf(calls, 'amqp publish') >= 3,
  });
  await killed.expectAllEnded(() => 1);
}, 900_000);
