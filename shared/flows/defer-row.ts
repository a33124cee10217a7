import type { DueKind } from '../core/due.ts';
import { isOutboxKind } from '../core/outbox-due.ts';
import { errorMessage } from '../core/error-message.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import { advance } from './advance.ts';
import type { SendPorts } from './send-order.ts';
import { logUnreadableRow } from './with-row.ts';

/** A row, and what it is due for. */
export interface DueRow {
  readonly taskId: string;
  readonly kind: DueKind;
}

/** Defers a row whose visit failed, longer each time, so that the other rows have their turn. Answers whether that was possible. */
export const deferRow = async (
  ports: SendPorts,
  { taskId, kind }: DueRow,
  error: unknown,
): Promise<boolean> => {
  const why = errorMessage(error);
  ports.meter('SweepSetbacks');
  ports.log('error', 'sweep.setback', { taskId, why });
  if (error instanceof UnreadableRow) {
    logUnreadableRow(ports, error);
    return false;
  }
  try {
    const fact = isOutboxKind(kind)
      ? ({ kind: 'deferred', what: 'outbox', failures: [] } as const)
      : ({ kind: 'deferred', what: 'row', why } as const);
    await advance(ports, await ports.tasks.read(taskId), fact);
    return true;
  } catch (cause) {
    ports.log('error', 'sweep.setback', { taskId, why: `the row cannot be deferred: ${cause}` });
    return false;
  }
};
