import { expect, test } from 'vitest';
import { showLines } from '../../../cli/print/show.ts';
import { at, ended, queued, release, running, runRecord } from '../tasks.ts';

const plain = { colours: false };

test('a running task: where it runs, until when, and its earlier runs', () => {
  const failed = runRecord({ verdict: 'tool', why: 'exit 75', exitCode: 75, endedAt: at(6) });
  const task = running({
    run: 2,
    attempts: 1,
    startedAt: at(20),
    acceptedAt: at(18),
    runs: [failed],
    endpoint: { host: '10.0.3.7', port: 8080, protocol: 'tcp' },
  });
  expect(showLines(task, plain, { now: at(30) })).toEqual([
    'film-42  RUNNING',
    '',
    '  tool        transcoder 1.0.0',
    '  placement   cpu',
    '  run         2, 1 of 3 attempts spent',
    '  endpoint    tcp://10.0.3.7:8080',
    '  ECS task    0123456789abcdef0123456789abcdef',
    '  waiting for run 2 runs since 04:12:20 UTC; stopped after 1 h',
    '  due         2026-11-24T05:12:20Z (in 59 min)',
    '',
    'Runs',
    '  RUN  VERSION  PLACEMENT  STARTED     RAN  EXIT  ENDED              ECS TASK                          WHY',
    '    1  1.0.0    cpu        04:12:04  2.0 s    75  failed (the tool)  0123456789abcdef0123456789abcdef  exit 75',
    '',
    'Timeline',
    '  2026-11-24T04:12:00Z  the message was taken from davit.tasks',
    '  2026-11-24T04:12:04Z  run 1 ran on cpu',
    '  2026-11-24T04:12:06Z  run 1 ended: failed (the tool), exit 75',
    '  2026-11-24T04:12:18Z  ECS accepted run 2 on cpu',
    '  2026-11-24T04:12:20Z  run 2 runs',
    '',
    'Message',
    '  {"tool":"transcoder","input":{"size":12345678901234567890}}',
  ]);
});

test('a queued task: what it waits for, since when and until when', () => {
  const hold = { by: 'tool/transcoder', why: 'transcoder has no live version', since: at(1) };
  expect(showLines(queued({ hold }), plain, { now: at(30) }).slice(0, 10)).toEqual([
    'film-42  QUEUED',
    '',
    '  tool        transcoder (the version is chosen at the first launch)',
    '  run         1, 0 attempts spent',
    '  waiting for transcoder has no live version; asked again when that changes',
    '  due         2026-11-24T16:57:42Z (in 12 h)',
    '  start by    2026-11-25T04:12:00Z',
    '',
    'Timeline',
    '  2026-11-24T04:12:00Z  the message was taken from davit.tasks',
  ]);
});

test('a task that got one more run with double memory has spent no more attempts than it has', () => {
  const spec = { ...release.spec, attempts: 1, doubleMemory: true };
  const task = ended({ run: 2, attempts: 2, release: { ...release, spec } });
  expect(showLines(task, plain, { now: at(30) })).toContain(
    '  run         2, 1 of 1 attempts spent, and one more run with double memory',
  );
});

test('a failed task: its exit code, its reason and its last lines', () => {
  const task = ended({
    phase: 'FAILED',
    outcome: 'exit 65',
    exitCode: 65,
    reason: 'exit 65: it can never succeed',
    logTail: 'reading\nno such codec',
    release: { ...release, version: '1.1.0' },
  });
  const lines = showLines(task, plain, { now: at(30) });
  expect(lines).toContain('  exit code   65');
  expect(lines).toContain('  reason      exit 65: it can never succeed');
  expect(lines.slice(-3)).toEqual(['Last lines', '  reading', '  no such codec']);
});

test('text of a publisher cannot control the terminal', () => {
  const payload = new TextEncoder().encode('{"a":"\u001b[2Jx\n"}');
  const lines = showLines(ended({ payload, reason: 'bad\u001b]0;x\u0007\nnews' }), plain, {
    now: at(30),
  });
  const shown = lines.join('\n');
  expect(['\u0007', '\u001b'].filter((sign) => shown.includes(sign))).toEqual([]);
});
