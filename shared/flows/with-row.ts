import { RefusedWrite, UnreadableRow, UnwritableRow } from '../core/unreadable.ts';
import type { Log, Meter } from '../ports.ts';

interface WithRowPorts {
  readonly meter: Meter;
  readonly log: Log;
}

/**
 * Does the work of a message or a doorbell whose row exists. The row keeps the task, and the sweep visits it. So when the row
 * cannot be read or written, that is counted and logged for a person to repair, and the batch does not go back to its queue.
 * (When the table cannot be reached, the error is thrown and the batch comes again: that fault passes.)
 */
export const withRow = (ports: WithRowPorts, work: () => Promise<unknown>): Promise<void> =>
  logFaults(ports, work, isFaultOfRow);

/** Does the work of a row that was read. One that cannot be written is counted and logged: a later try does no better. */
export const withRowToWrite = (ports: WithRowPorts, work: () => Promise<unknown>): Promise<void> =>
  logFaults(ports, work, isFaultOfWrite);

/**
 * Does the work of a delivery that the row does not keep, and that can wait. A row that cannot be read is counted, logged and
 * thrown, so that the delivery comes again: a newer release may read the row then, or a person has repaired it.
 */
export const withRowToWaitFor = async (
  ports: WithRowPorts,
  work: () => Promise<unknown>,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof UnreadableRow) logUnreadableRow(ports, error);
    throw error;
  }
};

/** Counts and logs a row that this version cannot read, or that the table cannot hold. */
export const logUnreadableRow = ({ meter, log }: WithRowPorts, { message: why }: Error): void => {
  meter('RowsUnreadable');
  log('error', 'row.unreadable', { why });
};

/** The answer of a read or write; UnreadableRow as a value when the row is there and cannot be read. */
export const orUnreadable = async <Answer>(
  answer: Promise<Answer>,
): Promise<Answer | UnreadableRow> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UnreadableRow) return error;
    throw error;
  }
};

/** Whether the row itself is at fault, and not the table: then a person has to look, and a later try does no better. */
export const isFaultOfRow = (error: unknown): error is Error =>
  error instanceof UnreadableRow || isFaultOfWrite(error);

const isFaultOfWrite = (error: unknown): error is Error =>
  error instanceof UnwritableRow || error instanceof RefusedWrite;

// Any other error is thrown.
const logFaults = async (
  ports: WithRowPorts,
  work: () => Promise<unknown>,
  isFault: (error: unknown) => error is Error,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!isFault(error)) throw error;
    logUnreadableRow(ports, error);
  }
};
