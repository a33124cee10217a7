import type { Log, LogUnreadable, Meter } from '../ports.ts';

/**
 * Counts and logs a record of a tool that cannot be read: each time that it is read, so that the alarm stays on until an
 * operator has repaired the record.
 */
export const logUnreadable = (
  { meter, log }: { readonly meter: Meter; readonly log: Log },
  ...[name, facts]: Parameters<LogUnreadable>
): void => {
  meter('ToolsUnreadable');
  log('error', name, facts);
};
