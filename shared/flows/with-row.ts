import { RefusedWrite, UnreadableRow, UnwritableRow } from '../core/unreadable.ts';
import type { Log, Meter } from '../ports.ts';

interface WithRowPorts {
  readonly meter: Meter;
  readonly log: Log;
}

/**
 * Work for a message or a doorbell whose row exists: the row owns what was asked, and the sweep looks at it. So a row that
 * cannot be read or written does not give the batch back for ever: that is counted and logged, since a person must look.
 * (A table that cannot be reached is another matter: that passes, and the batch comes again.)
 */
export const withRow = async (ports: WithRowPorts, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!isOfRow(error)) throw error;
    noteUnreadable(ports, error);
  }
};

/** Counts and logs a row that this version cannot read, or the table cannot hold. */
export const noteUnreadable = ({ meter, log }: WithRowPorts, { message: why }: Error): void => {
  meter('RowsUnreadable');
  log('error', 'row.unreadable', { why });
};

/** What a look at the table answers, or the row that stands there and cannot be read. */
export const orUnreadable = async <Answer>(
  look: Promise<Answer>,
): Promise<Answer | UnreadableRow> => {
  try {
    return await look;
  } catch (error) {
    if (error instanceof UnreadableRow) return error;
    throw error;
  }
};

const isOfRow = (error: unknown): error is Error =>
  error instanceof UnreadableRow || error instanceof UnwritableRow || error instanceof RefusedWrite;
