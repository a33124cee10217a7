import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCredentials } from '../../../local/endpoint/credentials.ts';
import type { FunctionSpec } from '../../../local/lambda/invoke.ts';
import { type Functions, openFunctions } from '../../../local/lambda/pool.ts';
import { openLogStore } from '../../../local/logs/log-store.ts';
import { openChildren } from '../../../local/machine/children.ts';
import { until } from '../../kit/until.ts';

let dir: string;
let functions: Functions;

/** A release of a function: it returns its name, for the event `{ begun, go }` only when the file `go` exists. */
const codeOf = (release: string): string => `import { existsSync, writeFileSync } from 'node:fs';
export const handler = async ({ begun, go }) => {
  if (begun) writeFileSync(begun, '');
  while (go && !existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 5));
  return '${release}';
};`;

const specOf = (release: string, reservedConcurrency?: number): FunctionSpec => {
  const codeDir = join(dir, release);
  mkdirSync(codeDir, { recursive: true });
  writeFileSync(join(codeDir, 'f.mjs'), codeOf(release));
  return {
    name: 'f',
    arn: 'arn:aws:lambda:eu-central-1:123456789012:function:f',
    handler: 'f.handler',
    codeDir,
    environment: {},
    memoryMiB: 128,
    timeoutMs: 30_000,
    logGroup: '/aws/lambda/f',
    reservedConcurrency,
  };
};

const open = (spec: FunctionSpec): Functions =>
  openFunctions([spec], {
    endpointUrl: () => 'http://127.0.0.1:9',
    credentials: openCredentials(),
    region: 'eu-central-1',
    logs: openLogStore(join(dir, 'logs')),
    children: openChildren(join(dir, 'children')),
    path: process.env.PATH ?? '',
  });

const answer = async (event: object = {}): Promise<unknown> =>
  JSON.parse((await functions.invoke('f', JSON.stringify(event))).payload);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-pool-'));
});

afterEach(async () => {
  await functions.stop();
  rmSync(dir, { recursive: true, force: true });
});

it('runs new code in every invocation after a deployment, also where a process of the old code was idle', async () => {
  functions = open(specOf('old'));
  expect(await answer()).toBe('old');
  functions.replace(specOf('new'));
  expect(await answer()).toBe('new');
  expect(functions.list().map(({ codeDir }) => codeDir)).toEqual([join(dir, 'new')]);
  functions.replace(specOf('old'));
  expect(await answer()).toBe('old');
});

it.each([
  ['several processes', undefined, 'new'],
  ['one process', 1, 'old'],
])(
  'lets an invocation end on the code on which it began: a function with %s',
  async (_how, most, first) => {
    functions = open(specOf('old', most));
    const begun = join(dir, 'begun');
    const go = join(dir, 'go');
    const ends: unknown[] = [];
    const running = answer({ begun, go }).then((release) => ends.push(release));
    await until('the invocation has begun', () => existsSync(begun));
    functions.replace(specOf('new', most));
    const next = answer().then((release) => ends.push(release));
    // With one process, the next invocation waits for the end of the first.
    if (most === undefined) await next;
    writeFileSync(go, '');
    await Promise.all([running, next]);
    expect(ends.toSorted()).toEqual(['new', 'old']);
    expect(ends[0]).toBe(first);
    expect(await answer()).toBe('new');
  },
);
