import { savedProcessIdentity } from '../setup/process-identity.mjs';
import { endAll, readRecord } from './record.ts';

// The program that stays awake beside a node, and ends it when whoever started it is gone without having done so: a test run
// that Ctrl-C broke off, a terminal that was closed, a SIGKILL.
const [path = '', owner = ''] = process.argv.slice(2);

const end = async (): Promise<void> => {
  const record = readRecord(path);
  const started = savedProcessIdentity(JSON.parse(owner))?.started;
  // A later start in the folder has ended what it found, and the record is its own.
  if (record !== undefined && record.owner.started === started) await endAll(record);
};

const endAndExit = (): void => void end().finally(() => process.exit());

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
process.once('disconnect', endAndExit);
// It may have gone while this program was being read.
if (!process.connected) endAndExit();
