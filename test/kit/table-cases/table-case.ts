import type { Schema } from '../../../models/dynamodb/schema.ts';
import type { TableAction } from '../../../models/dynamodb/types.ts';

/** A call on a table with one row, and what DynamoDB answers. */
export interface TableCase {
  readonly what: string;
  readonly action: TableAction;
  readonly input: object;
  /** A part of the output, or of the error: a message is that of AWS. */
  readonly answer: object;
  /** What the embedded engine of the local endpoint does otherwise. */
  readonly locally?: string;
}

/** The key and index of the table on which the cases run. */
export const caseSchema: Schema = {
  keys: { partition: { name: 'taskId', type: 'S' } },
  indexes: [
    {
      name: 'by-phase',
      partition: { name: 'phase', type: 'S' },
      sort: { name: 'updatedAt', type: 'S' },
      projected: 'all',
    },
  ],
};

/** A text, a number, a map with a run number: as DynamoDB's values. */
export const s = (text: string) => ({ S: text });
export const n = (number: number | string) => ({ N: String(number) });
export const run = (number: number) => ({ M: { run: n(number) } });

export const caseKey = { taskId: s('film-1') };

/** The only row. */
export const caseRow = {
  ...caseKey,
  revision: n(7),
  phase: s('QUEUED'),
  updatedAt: s('2026-01-01'),
  runs: { L: [run(1), run(2), run(3)] },
  tags: { SS: ['a', 'b'] },
  held: { BOOL: true },
  payload: { B: new Uint8Array([1, 2, 255]) },
  place: { M: { gpu: s('g5'), cpu: n(4) } },
};

export type Values = Readonly<Record<string, object>>;

/** The error with this message, as a part of the answer. */
export const refusal = (message: string, code = 'ValidationException') => ({
  error: { code, message },
});
