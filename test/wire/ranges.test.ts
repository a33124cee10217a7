import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemOf } from '../../shared/aws/row.ts';
import { fieldsIn } from '../../shared/aws/task-item.ts';
import { comparisonStart } from '../../shared/core/comparison.ts';
import { due } from '../../shared/core/due.ts';
import type { Task } from '../../shared/core/task.ts';
import { UnreadableRow } from '../../shared/core/unreadable.ts';
import { placeIn } from '../../shared/wire/comparison-place.ts';
import { durationText } from '../../shared/wire/duration.ts';
import { seenIn } from '../../shared/wire/ecs-sighting.ts';
import { times, toolRanges } from '../../shared/wire/ranges.ts';
import { taskOf } from '../../shared/wire/row.ts';
import { parameterText, specOf } from '../../shared/wire/spec.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import { toolsOf } from '../../shared/wire/tools-file.ts';
import { extremes, pathsIn, withAt } from '../kit/extremes.ts';
import { itemWith } from '../kit/pinner.ts';
import { samples } from '../kit/samples.ts';

const end = fc.constantFrom('least' as const, 'most' as const);

describe('the ranges of a tool', () => {
  it('are those of tools.yml: both ends are read back', () => {
    const { timeoutMs, startTimeoutMs, startWithinMs, delayMs, stopTimeoutMs } = toolRanges;
    const text = (ms: number) => (ms === 0 ? '0s' : durationText(ms));
    fc.assert(
      fc.property(fc.array(end, { minLength: 10, maxLength: 10 }), (ends) => {
        const at = (index: number) => ends[index] ?? 'least';
        const { specs, faults } = {
          specs: undefined,
          faults: undefined,
          ...toolsOf({
            echo: {
              image: 'echo',
              cpu: toolRanges.cpu[at(0)],
              memoryMiB: at(0) === 'least' ? toolRanges.memoryMiB.least : toolRanges.memoryMiB.most,
              placements: ['cpu'],
              timeout: text(timeoutMs[at(1)]),
              startTimeout: text(startTimeoutMs[at(2)]),
              startWithin: text(startWithinMs[at(3)]),
              attempts: toolRanges.attempts[at(4)],
              delays: Array.from({ length: toolRanges.delays[at(5)] }, () => text(delayMs[at(6)])),
              reclaims: toolRanges.reclaims[at(7)],
              stopTimeout: text(stopTimeoutMs[at(8)]),
              exitCodes: { [toolRanges.exitCode[at(9)]]: 'fail' },
              diskGiB: toolRanges.diskGiB[at(9)],
            },
          }),
        };
        expect(faults).toBeUndefined();
        const spec = specs?.echo;
        expect(specOf(parameterText(spec))).toEqual({ spec });
      }),
    );
  });
});

describe('a time', () => {
  it('can always be written, and is then read again', () => {
    const anyNumber = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom(8.64e15, 9e15));
    fc.assert(
      fc.property(anyNumber, (number) => {
        const time = Date.parse(iso(number));
        expect(time).toBeGreaterThanOrEqual(0);
        expect(time).toBeLessThanOrEqual(times.most);
      }),
    );
    expect(iso(Number.NaN)).toBe('1970-01-01T00:00:00.000Z');
  });
});

/** The task of an item, or undefined where it cannot be read. */
const readOf = (fields: object): Task | undefined => {
  try {
    return taskOf(fieldsIn(itemWith(fields)));
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableRow);
    return undefined;
  }
};

/** One of each phase, with most of the parts that a row can have. */
const kinds = [
  'QUEUED, delayed after exit 75',
  'QUEUED, no capacity',
  'LAUNCHING, being cancelled, missing',
  'STARTING, being cancelled, missing',
  'RUNNING, past timeout, missing',
  'SUCCEEDED, not announced yet',
  'REJECTED',
] as const;

/** A row that was read is written again, reads as the same, and says when it is due. */
const checkRead = (read: Task): void => {
  const again = itemOf(read);
  expect(taskOf(unmarshall(marshall(again)))).toEqual(read);
  const next = due(read);
  expect(again.dueAt).toBe(next && new Date(next.at).toISOString());
};

describe('a row with any extreme value at any of its places', () => {
  it.each(kinds)('%s: can be written again and says when it is due, or is unreadable', (kind) => {
    const row = itemOf(samples[kind]);
    const read = pathsIn(row).flatMap((path) =>
      extremes.flatMap((value) => readOf(Object(withAt(row, path, value))) ?? []),
    );
    expect(read).not.toEqual([]);
    for (const one of read) checkRead(one);
  });

  it('says what was expected, what came, and what to do', () => {
    const row = { ...itemOf(samples.RUNNING), priority: 1e6 };
    expect(() => taskOf(row)).toThrow(
      'Row film-1 cannot be read: priority: expected a whole number from 0 to 9, but 1000000 came. Was it edited by hand, or written by a newer Davit? Correct that attribute in the table, or deploy the newer Davit',
    );
    expect(() => taskOf({ ...row, priority: 0, startBy: '2190-01-01T00:00:00Z' })).toThrow(
      /startBy: expected a time within 31 days after updatedAt \(by 2026-12-25T/,
    );
  });
});

describe('an ECS task', () => {
  const task = {
    taskArn: 'arn:aws:ecs:eu-central-1:123456789012:task/davit/1',
    lastStatus: 'STOPPED',
    version: 4,
    startedAt: '2026-11-24T14:00:30Z',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'tool', exitCode: 1, reason: 'none' }],
  };

  it('has times, codes and texts that a row can keep, or they are left out', () => {
    for (const path of pathsIn(task)) {
      for (const value of extremes) {
        const { sighting } = seenIn(withAt(task, path, value)) ?? {};
        if (sighting === undefined) continue;
        const { startedAt = times.least, ecsVersion, stop } = sighting;
        expect(startedAt).toBeGreaterThanOrEqual(times.least);
        expect(startedAt).toBeLessThanOrEqual(times.most);
        expect(Number.isSafeInteger(ecsVersion) && ecsVersion >= 0).toBe(true);
        expect(stop?.stoppedReason?.length ?? 0).toBeLessThanOrEqual(2_000);
      }
    }
  });
});

describe('the place of the comparison', () => {
  const place = {
    first: 'table',
    table: { phase: 'RUNNING', after: '2026-11-24T14:00:30.000Z film-1' },
    listAfter: 'mark',
    listed: 3,
    suspects: ['a'],
    earlierSuspects: ['b'],
  };

  it('is the beginning for any other text, and never begins after a row that cannot exist', () => {
    expect(placeIn(JSON.stringify(place))).toEqual(place);
    for (const after of ['', 'zzz', '9 9', '2026-11-24T14:00:30.000Z ']) {
      const text = JSON.stringify({ ...place, table: { phase: 'RUNNING', after } });
      expect(placeIn(text)).toEqual(comparisonStart);
    }
    for (const listed of [-1, 1.5, 1e300]) {
      expect(placeIn(JSON.stringify({ ...place, listed }))).toEqual(comparisonStart);
    }
  });
});
