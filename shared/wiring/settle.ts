import type { CarryOutPorts } from '../flows/carry-out.ts';
import { toolLogs } from './logs.ts';
import { carryOutPorts } from './rows.ts';

/** For `settle`. */
export const settlePorts = (signal: AbortSignal): CarryOutPorts => ({
  ...carryOutPorts(signal),
  logs: toolLogs(signal),
});
