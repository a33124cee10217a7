import { appendFileSync, openSync, writeSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { judgeTest } from './judge-test.ts';
import { isAwake } from './planted.ts';
import { repeat } from './repeat.ts';
import { filesIn, type LearntTest, type Line, readTask } from './request.ts';
import { newSwitches } from './switches.ts';

// Loaded by a judge before each test file: it judges in place, so that a file is imported once for many faults.

/** The same cases for each fault, and fewer than the suite has. The smallest one that fails is of no interest here. */
fc.configureGlobal({ seed: 1, numRuns: 25, endOnFailure: true });

const { MUTANT_FOLDER: folder = '' } = process.env;
const task = readTask(folder);
const files = filesIn(folder);
const write = (line: Line): void => appendFileSync(files.lines, `${JSON.stringify(line)}\n`);

const switches = newSwitches();
Object.assign(globalThis, { [isAwake]: switches.isAwake });

/** The hooks below run around each repetition too, like any hook of a test, and then they do nothing. */
let isRepeating = false;

/** No test file makes this many calls; with an endless loop it soon does. */
const mostCallsOfFile = 500_000_000;

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

if (task.kind === 'import') {
  switches.wake(task.fault, mostCallsOfFile);
  const skipped = new Set(task.skip);
  beforeEach(({ task: test, skip }) => {
    if (skipped.has(test.fullTestName)) skip();
  });
}

if (task.kind === 'learn') {
  const tests: LearntTest[] = [];
  const outside = new Set<number>();
  const addOutside = (): void => {
    for (const n of switches.taken().hits) outside.add(n);
  };
  let file = '';
  let startedAt = 0;
  beforeEach(() => {
    addOutside();
    file = expect.getState().testPath ?? '';
    startedAt = cpuMs();
  });
  afterEach(({ task: { id, fullTestName: name } }) => {
    tests.push({ id, name, ms: cpuMs() - startedAt, hits: [...switches.taken().hits] });
  });
  afterAll(() => {
    addOutside();
    write({ learnt: { file, tests, outside: [...outside] } });
  });
}

if (task.kind === 'repeat') {
  const wanted = new Set(task.tests);
  const alive = new Set(task.faults);
  const current = openSync(files.current, 'w');
  let canJudge = true;
  let startedAt = 0;
  beforeEach(({ task: { id }, skip }) => {
    if (isRepeating) return;
    if (!canJudge || !wanted.has(id)) skip();
    switches.taken();
    startedAt = performance.now();
  });
  afterEach(async ({ task: test }) => {
    if (isRepeating || !canJudge || !wanted.has(test.id)) return;
    if (test.result?.state !== 'pass') return write({ broken: test.fullTestName });
    const ms = performance.now() - startedAt;
    isRepeating = true;
    canJudge = await judgeTest({ repeat: () => repeat(test), taken: switches.taken(), ms }, alive, {
      switches,
      onStart: (fault) => void writeSync(current, String(fault).padEnd(8), 0),
      onVerdict: (verdict) => {
        alive.delete(verdict.fault);
        write({ verdict, by: test.fullTestName });
      },
    });
    isRepeating = false;
  });
}
