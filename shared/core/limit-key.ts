import type { RunAtLimit } from './limit.ts';
import { runName } from './run-name.ts';
import type { Task } from './task.ts';

/** Hex digits of the digest of a run: among 500 runs, two are alike once in two thousand million limits. */
const keyLength = 12;
/** The same for a tenant. Two tenants that are alike would count as one. */
const tenantLength = 8;

/** A run as a limit counts it. The item of a limit holds short digests, since each start and each end writes all of it. */
export const runAtLimit = (
  { taskId, run, tenant, tool = '' }: RunOfTool,
  sha256: (text: string) => string,
): RunAtLimit => ({
  taskId,
  run,
  key: runKey({ taskId, run }, sha256),
  tenant: tenantKey(tenant, sha256),
  tool,
});

/** A run and its tool, which the row of a REJECTED task may not have. */
export type RunOfTool = Pick<Task, 'taskId' | 'run' | 'tenant' | 'tool'>;

/** The digest of a run. */
export const runKey = (
  { taskId, run }: Pick<Task, 'taskId' | 'run'>,
  sha256: (text: string) => string,
): string => sha256(runName(taskId, run)).slice(0, keyLength);

/** The digest of a tenant. */
const tenantKey = (tenant: string, sha256: (text: string) => string): string =>
  sha256(tenant).slice(0, tenantLength);
