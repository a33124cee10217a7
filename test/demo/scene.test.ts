import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { openScene } from '../../demo/scene.ts';

/** What a scene writes to a stream that is a terminal, or is none. */
const written = (
  isTTY: boolean,
): { readonly out: NodeJS.WriteStream; readonly all: () => string } => {
  const chunks: string[] = [];
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return { out: Object.assign(out, { isTTY }) as NodeJS.WriteStream, all: () => chunks.join('') };
};

test('what a tool or a row says commands no terminal, and is one line', () => {
  const { out, all } = written(false);
  const scene = openScene(out);
  const text = '\u001b]0;owned\u0007\u009b2J\u202eabc\rd\n   ✓ forged';
  scene.say('label', text);
  scene.check(`claim ${text}`, false, { found: text });
  scene.close(text, true);
  expect(all().match(/[^\P{C}\n]/gu)).toBe(null);
  expect(
    all()
      .split('\n')
      .filter((line) => line.startsWith('   ✓ forged')),
  ).toEqual([]);
});
