import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../kit/root.ts';

const dockerfiles = readdirSync(join(root, 'tools'))
  .map((tool) => `tools/${tool}/Dockerfile`)
  .filter((path) => existsSync(join(root, path)));

test.each(dockerfiles)('%s names every image that it is built from by its digest', (path) => {
  const bases = basesOf(readFileSync(join(root, path), 'utf8'));
  expect(bases).not.toEqual([]);
  // The tag is for people and for the bot that renews both; what is pulled is the digest's image.
  for (const base of bases) expect(base).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
});

test('the tools are built from one state of an image, not from two under one tag', () => {
  const bases = dockerfiles.flatMap((path) => basesOf(readFileSync(join(root, path), 'utf8')));
  const tags = new Set(bases.map((base) => base.split('@')[0]));
  expect(new Set(bases).size).toBe(tags.size);
});

test.each([
  ['FROM node:24-slim', ['node:24-slim']],
  ['from --platform=$BUILDPLATFORM node:24 AS made\nFROM made\nFROM scratch', ['node:24']],
  ['FROM a:1\nCOPY --chown=node --from=b:2 /x /x\nCOPY --from=0 /y /y', ['a:1', 'b:2']],
  ['FROM a:1\nRUN --mount=type=bind,from=b:2,target=/b true', ['a:1', 'b:2']],
  ['# syntax=docker/dockerfile:1\nFROM a:1', ['docker/dockerfile:1', 'a:1']],
])('sees what is pulled: %j', (dockerfile, bases) => {
  expect(basesOf(dockerfile)).toEqual(bases);
});

/** Every image that building a Dockerfile pulls: bases, sources of copies and mounts, and what reads its syntax. */
const basesOf = (dockerfile: string): readonly string[] => {
  const stages = new Set(['scratch']);
  return dockerfile.split('\n').flatMap((line) => {
    const pulled = [...line.matchAll(pulls)].map((found) => found.slice(1).find(Boolean) ?? '');
    const foreign = pulled.filter((image) => !stages.has(image) && !/^\d+$/.test(image));
    const [, stage] = line.match(/^FROM .*\sAS\s+(\S+)/i) ?? [];
    if (stage !== undefined) stages.add(stage);
    return foreign;
  });
};

const pulls =
  /^FROM\s+(?:--\S+\s+)*(\S+)|^COPY\s.*--from=(\S+)|^RUN\s.*--mount=\S*from=([^,\s]+)|^#\s*syntax=(\S+)/gi;
