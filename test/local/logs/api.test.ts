import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { logsApi } from '../../../local/logs/api.ts';
import { openLogStore } from '../../../local/logs/log-store.ts';

it('gives a line without a time the time of the line before, and continues behind it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-logs-'));
  const logs = openLogStore(dir);
  const { GetLogEvents } = logsApi(logs).actions;
  logs.append('g', 's', ['one']);
  appendFileSync(logs.fileOf('g', 's'), 'no time ü\n');
  logs.append('g', 's', ['three']);
  const read = async (more: object): Promise<object> => {
    const input = { logGroupName: 'g', logStreamName: 's', startFromHead: true, ...more };
    return { ...(await GetLogEvents?.(input)) };
  };
  const first = await read({ limit: 2 });
  const timestamp = expect.any(Number);
  expect(first).toMatchObject({
    events: [
      { timestamp, message: 'one' },
      { timestamp, message: 'no time ü' },
    ],
  });
  const nextToken = 'nextForwardToken' in first ? first.nextForwardToken : undefined;
  expect(await read({ nextToken })).toMatchObject({ events: [{ timestamp, message: 'three' }] });
  rmSync(dir, { recursive: true });
});
