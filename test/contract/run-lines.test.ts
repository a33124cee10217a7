import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runLinesTable } from '../../shared/aws/run-lines.ts';
import { noLines, type RunLines } from '../../shared/core/run-lines.ts';
import type { RunLinesTable } from '../../shared/ports/run-lines.ts';
import { openContractEndpoint } from '../kit/endpoint.ts';
import { memoryRunLines } from '../memory/run-lines.ts';

interface Opened {
  readonly lines: RunLinesTable;
  readonly close: () => Promise<void>;
}

const inMemory = async (): Promise<Opened> => ({ lines: memoryRunLines(), close: async () => {} });

const overEndpoint = async (): Promise<Opened> => {
  const endpoint = await openContractEndpoint();
  const client = new DynamoDBClient(endpoint.config);
  return {
    lines: runLinesTable({ client, table: endpoint.table }),
    close: async () => {
      client.destroy();
      await endpoint.close();
    },
  };
};

describe.each([
  ['memory', inMemory],
  ['the local endpoint', overEndpoint],
] as const)('what is kept of the lines of a run, over %s', (_name, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  test('is read as it was written, and only one of two writers at the same time succeeds', async () => {
    const { lines } = opened;
    const of = { taskId: 'film-1', run: 1, now: Date.UTC(2026, 10, 24) };
    expect(await lines.read('film-1', 1)).toBeUndefined();
    const first: RunLines = {
      ...noLines,
      revision: 1,
      progressAt: Date.UTC(2026, 10, 24),
      readyLine: '7',
    };
    expect(await lines.save(of, first, undefined)).toBe(true);
    expect(await lines.save(of, first, undefined)).toBe(false);
    expect(await lines.read('film-1', 1)).toEqual(first);
    const second = { ...first, revision: 2, progressSentAt: 3 };
    expect(await lines.save(of, second, first)).toBe(true);
    expect(await lines.save(of, { ...second, progressSentAt: 9 }, first)).toBe(false);
    expect(await lines.read('film-1', 1)).toEqual(second);
    expect(await lines.read('film-1', 2)).toBeUndefined();
  });
});
