import { savedProcessIdentity } from '../setup/process-identity.mjs';
import { endAll, readRecord } from './record.ts';

// A small program that runs beside a node. It ends the node when the process that started it has ended without doing so, after
// Ctrl-C in a test run, a closed terminal or a SIGKILL.
const [path = '', owner = ''] = process.argv.slice(2);

const endNode = async (): Promise<void> => {
  const record = readRecord(path);
  const started = savedProcessIdentity(JSON.parse(owner))?.started;
  // Otherwise the record belongs to a later start in this folder, which has ended what it found.
  if (record !== undefined && record.owner.started === started) await endAll(record);
};

const endAndExit = (): void => void endNode().finally(() => process.exit());

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
process.once('disconnect', endAndExit);
// The owner may have ended while this program was loading.
if (!process.connected) endAndExit();
