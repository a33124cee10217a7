import type { AwsService } from '../service.ts';
import { logsApi } from './api.ts';
import { type LogStore, openLogStore } from './log-store.ts';
import type { LogsPlan } from './plan.ts';

/** CloudWatch Logs, and its store for what writes logs. */
export interface Logs extends AwsService {
  readonly store: LogStore;
}

/** Opens the logs in a folder. It keeps nothing open: each write opens and closes its file. */
export const openLogs = (parts: {
  readonly plan: LogsPlan;
  readonly dir: string;
  readonly log: (line: string) => void;
}): Logs => {
  const store = openLogStore(parts.dir, parts.log);
  return { api: logsApi(store, parts.plan.groups), store };
};
