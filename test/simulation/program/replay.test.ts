import { expect, it } from 'vitest';
import { droppingRelease } from '../dropping-release.ts';
import type { Releases } from '../releases.ts';
import { explain, replay } from './replay.ts';

const silent = droppingRelease('broker', 'announce', { kind: 'sent' });
const releases: Releases = { current: silent, previous: silent, countSteps: () => {} };

it('says which promise a seed broke, and how', async () => {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  await replay(10, { releases, isStory: false, print });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^Seed 10 broke a promise, outbox, at event \d+: outbox: .+ was not carried out$/,
  );
});

it('explains a failing seed by the happenings that are left, and their story', async () => {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const bounds = { ms: 25_000, runs: 80 };
  await explain(10, { releases, isKept: false, print, bounds });
  const text = lines.join('\n');
  expect(text).toMatch(
    /What is left of \d+ happenings after \d+ runs, until the world calms down at [\d:.]+:\n[\d:.]+ {2}a publisher sends message .*\nThe troubles of the world itself: none\.\n\nIts story:\n/,
  );
  expect(text).toMatch(/Its story:\n(.+\n)*[\d:.]+ {2}dispatch-\d+ writes a new row: /);
  expect(lines.at(-1)).toMatch(/^The promise that it breaks: outbox: \S+\/\d+\/event\./);
});
