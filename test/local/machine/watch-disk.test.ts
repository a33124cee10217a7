import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchDisk } from '../../../local/machine/watch-disk.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('says once that a disk is nearly full and what to do, and once that there is space again', () => {
  const lines: string[] = [];
  let free = 50_000_000;
  const end = watchDisk('/a/folder', {
    leastBytes: 50_000_000,
    log: (line) => lines.push(line),
    freeBytesOf: () => free,
  });
  vi.advanceTimersByTime(10_000);
  expect(lines).toEqual([]);
  free = 49_999_999;
  vi.advanceTimersByTime(10_000);
  expect(lines.splice(0)).toEqual([
    'Less than 50 MB are free on the disk of /a/folder, so RabbitMQ accepts no messages: free some space there. What was accepted is kept.',
  ]);
  free = 60_000_000;
  vi.advanceTimersByTime(10_000);
  expect(lines.splice(0)).toEqual([
    'The disk of /a/folder has space again: RabbitMQ accepts messages.',
  ]);
  end();
  free = 0;
  vi.advanceTimersByTime(10_000);
  expect(lines).toEqual([]);
});

it('reads the free space of a real disk, already at its start', () => {
  const lines: string[] = [];
  watchDisk(tmpdir(), { leastBytes: Number.MAX_VALUE, log: (line) => lines.push(line) })();
  expect(lines).toHaveLength(1);
  watchDisk(tmpdir(), { leastBytes: 1, log: (line) => lines.push(line) })();
  watchDisk('/no/such/folder', { leastBytes: Number.MAX_VALUE, log: (l) => lines.push(l) })();
  expect(lines).toHaveLength(1);
});
