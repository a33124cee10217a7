import { expect, it } from 'vitest';
import { whatEscapes } from '../../../local/runtime/enclosures.ts';

it('says nothing where every run has a cgroup', () => {
  expect(whatEscapes('/sys/fs/cgroup/a', 'linux')).toBeUndefined();
});

it.each([
  ['linux', /emptied environment may outlive its task/],
  ['darwin', /in a session of its own outlives its task/],
])('says on %s what may outlive its task, and what to do', (platform, what) => {
  expect(whatEscapes(undefined, platform)).toMatch(what);
  expect(whatEscapes(undefined, platform)).toMatch(/containers, on ECS$/);
});
