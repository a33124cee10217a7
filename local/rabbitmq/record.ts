import { writeWhole } from '../machine/files.ts';
import {
  end,
  isAlive,
  ownIdentity,
  type ProcessIdentity,
  savedProcessIdentity,
} from '../setup/process-identity.mjs';
import { readLock, takeLock } from '../setup/process-lock.mjs';

/** Who started the node of a folder, and what was started. It is the lock of the folder too, and outlives a SIGKILL of the owner. */
export interface NodeRecord {
  readonly owner: ProcessIdentity;
  readonly epmd?: ProcessIdentity | undefined;
  readonly node?: ProcessIdentity | undefined;
}

const graceMs = 15_000;

/** Takes the folder for this program, after ending what a dead owner left running in it. Throws when the owner is alive. */
export const claim = async (path: string, log: (line: string) => void): Promise<NodeRecord> => {
  const found = readLock(path);
  if (found?.isHeld) {
    throw new Error(
      `The RabbitMQ in ${path} belongs to process ${found.holder?.pid}, which is running: stop that first, or use another folder (DAVIT_DIR).`,
    );
  }
  const left = recordIn(found?.content);
  if (left?.node !== undefined && isAlive(left.node)) {
    log(`ending the RabbitMQ (process ${left.node.pid}) that an earlier stack left behind`);
  }
  if (left !== undefined) await endAll(left);
  const attempt = takeLock(path, found, (owner) => ({ owner }));
  if (!attempt.isTaken) {
    throw new Error(`The RabbitMQ in ${path} is being started by another process: use that one.`);
  }
  return { owner: ownIdentity() };
};

export const writeRecord = (path: string, record: NodeRecord): void =>
  writeWhole(path, JSON.stringify(record));

/** Ends the node, then its epmd, and resolves when both are gone. */
export const endAll = async (record: NodeRecord): Promise<void> => {
  if (record.node !== undefined) await end(record.node, graceMs);
  if (record.epmd !== undefined) await end(record.epmd, graceMs);
};

/** Reads the record of a folder; undefined where there is none. */
export const readRecord = (path: string): NodeRecord | undefined =>
  recordIn(readLock(path)?.content);

const recordIn = (content: unknown): NodeRecord | undefined => {
  const saved: Record<string, unknown> = { ...(content ?? {}) };
  const owner = savedProcessIdentity(saved.owner);
  if (owner === undefined) return undefined;
  return {
    owner,
    epmd: savedProcessIdentity(saved.epmd),
    node: savedProcessIdentity(saved.node),
  };
};
