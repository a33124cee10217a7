import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStack, type TestStack } from '../kit/local-stack.ts';
import { type Running, startProgram } from '../kit/program.ts';
import { root } from '../kit/root.ts';
import { until } from '../kit/until.ts';

let own: TestStack;

beforeAll(async () => {
  own = await openTestStack();
});

afterAll(() => own?.close());

/** `npm run invoke`, or `npm run invoke:debug`, without npm. */
const invoke = (words: readonly string[], node: readonly string[] = []): Running =>
  startProgram([...node, join(root, 'invoke/main.ts'), ...words], {
    DAVIT_DIR: own.dir,
    INIT_CWD: root,
  });

test('one saved event goes through the handler of dispatch, from its sources, and its task runs', async () => {
  const ended = await invoke(['dispatch', 'events/one-task.json']).ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain('dispatch returned:\n');
  await own.rows.when('sample-1', (row) => row.phase === 'SUCCEEDED');
});

test('the result of a function is printed', async () => {
  const ended = await invoke(['control', 'events/backlog.json']).ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^control returned:\n\{\n {2}"kind": "backlog"/m);
});

test('the end of a pause goes through the handler of sweep, and opens only what waits for that', async () => {
  const ended = await invoke(['sweep', 'events/pause-ended.json']).ended;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain('sweep returned:\n');
  // Only a sweep measures how late it is.
  expect(ended.stdout).not.toContain('SweepLagMs');
});

test('it ends with a sentence, after the log, when the handler throws', async () => {
  const ended = await invoke(['settle', 'events/one-task.json']).ended;
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('"message":"fault"');
  expect(ended.stderr).toMatch(/^The function threw: Expected the event of an SQS trigger/m);
});

test('under a debugger it stops at a line of the TypeScript source', async () => {
  const running = invoke(['dispatch', 'events/one-task.json'], ['--inspect-brk=127.0.0.1:0']);
  const address = await debuggerOf(running);
  const source = readFileSync(join(root, 'functions/dispatch.ts'), 'utf8').split('\n');
  const lineNumber = source.findIndex((line) => line.includes('return dispatchAll('));
  const stoppedAt = await stopAt(address, { urlRegex: '.*/functions/dispatch\\.ts$', lineNumber });
  expect(stoppedAt).toBe(lineNumber);
  expect((await running.ended).code).toBe(0);
});

/** The address that Node prints for a debugger. */
const debuggerOf = ({ child }: Running): Promise<string> => {
  let text = '';
  child.stderr?.on('data', (chunk: string) => {
    text += chunk;
  });
  return until('the address of the debugger', () => /ws:\/\/\S+(?=\n)/.exec(text)?.[0]);
};

/** Sets a breakpoint, lets the program run to it and from there to its end; returns the line at which it stopped. */
const stopAt = (address: string, breakpoint: object): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    let id = 0;
    const send = (method: string, params: object = {}): void => {
      id += 1;
      socket.send(JSON.stringify({ id, method, params }));
    };
    socket.onerror = () => reject(new Error('The debugger could not be reached.'));
    socket.onopen = () => {
      send('Debugger.enable');
      send('Debugger.setBreakpointByUrl', breakpoint);
      send('Runtime.runIfWaitingForDebugger');
    };
    socket.onmessage = ({ data }) => {
      const { method, params } = JSON.parse(String(data));
      if (method !== 'Debugger.paused') return;
      send('Debugger.resume');
      // The first stop is the one of --inspect-brk itself.
      if (params.hitBreakpoints.length === 0) return;
      resolve(params.callFrames[0].location.lineNumber);
      send('Debugger.disable');
      socket.close();
    };
  });
