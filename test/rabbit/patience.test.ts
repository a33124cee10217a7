import { expect, test } from 'vitest';
import { patienceOf } from '../../shared/rabbit/patience.ts';
import { SilentTarget } from '../../shared/rabbit/within.ts';

const silence = new SilentTarget('silent');

const world = () => {
  let at = 0;
  const letters: PromiseWithResolvers<string>[] = [];
  const patience = patienceOf(() => at);
  return {
    letters,
    pass: (ms: number) => {
      at += ms;
    },
    send: (target: string): Promise<string> =>
      patience(target, () => {
        const letter = Promise.withResolvers<string>();
        letters.push(letter);
        return letter.promise;
      }).catch((error: Error) => error.message),
  };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('sixteen letters to one target are under way at once, and the next is sent when one is confirmed', async () => {
  const { letters, send } = world();
  const all = Array.from({ length: 18 }, () => send('a'));
  await turn();
  expect(letters).toHaveLength(16);
  letters[3]?.resolve('sent');
  await all[3];
  await turn();
  expect(letters).toHaveLength(17);
  void send('b');
  await turn();
  expect(letters).toHaveLength(18);
});

test('a letter without an answer fails all that wait behind it, and all that come within half a minute', async () => {
  const { letters, send, pass } = world();
  const all = Array.from({ length: 40 }, () => send('a'));
  await turn();
  for (const letter of letters) letter.reject(silence);
  expect(new Set(await Promise.all(all))).toEqual(new Set(['silent']));
  expect(await send('a')).toBe('silent');
  expect(letters).toHaveLength(16);
  pass(30_000);
  const again = send('a');
  await turn();
  letters[16]?.resolve('sent');
  expect(await again).toBe('sent');
});

test('any other failure fails only that letter, and no other target waits for a silent one', async () => {
  const { letters, send } = world();
  const [failed, silent] = [send('a'), send('b')];
  await turn();
  letters[0]?.reject(new Error('channel closed'));
  letters[1]?.reject(silence);
  expect(await Promise.all([failed, silent])).toEqual(['channel closed', 'silent']);
  const next = send('a');
  await turn();
  letters[2]?.resolve('sent');
  expect(await next).toBe('sent');
});
