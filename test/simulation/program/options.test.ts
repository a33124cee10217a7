import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

const read = (words: string): unknown => readOptions(words.split(' ').filter(Boolean), 2);
const search = { kind: 'search', jobs: 2, isKept: false, isReported: false };

describe('the options of simulate', () => {
  it.each([
    ['--minutes 60', { ...search, minutes: 60 }],
    ['--minutes 0.5 --jobs 1 --report', { ...search, minutes: 0.5, jobs: 1, isReported: true }],
    ['--until 1000000', { ...search, until: 1_000_000 }],
    ['--until 1000 --minutes 5', { ...search, until: 1000, minutes: 5 }],
    ['--from 7 --seeds 10 --keep', { ...search, from: 7, seeds: 10, isKept: true }],
    ['--from 0 --minutes 1', { ...search, from: 0, minutes: 1 }],
    ['--seed 42', { kind: 'replay', seed: 42, isStory: false, isKept: false }],
    ['--seed 42 --story --keep', { kind: 'replay', seed: 42, isStory: true, isKept: true }],
  ])('understand %s', (words, options) => {
    expect(read(words)).toEqual(options);
  });

  it.each([
    ['', 'Expected how much to play, but no option came: add --minutes N'],
    ['--from 3', 'but only --from came: add --minutes N'],
    ['--story', '--story tells the story of one seed, but no --seed came: add --seed N.'],
    ['--seed 1 --minutes 2', '--seed plays one seed, but --minutes came too'],
    ['--until 9 --from 2', '--until goes on from where the last search stopped'],
    ['--seed x', '--seed must be a whole number from 0 to 4294967295, but "x" came.'],
    ['--seed 4294967296', '--seed must be a whole number'],
    ['--seeds 0', '--seeds must be a whole number from 1'],
    ['--jobs 1.5 --seeds 1', '--jobs must be a whole number from 1 to 256, but "1.5" came.'],
    ['--minutes 0', '--minutes must be a number over 0, and 10000 at most, but "0" came.'],
    ['--minutes soon', 'but "soon" came.'],
    ['--hours 1', "Unknown option '--hours'. Example: npm run simulate -- --minutes 60"],
    ['60', '"60" is no option'],
    ['--minutes', 'Example: npm run simulate'],
  ])('refuse "%s" in a sentence', (words, sentence) => {
    expect(() => read(words)).toThrow(sentence);
  });
});
