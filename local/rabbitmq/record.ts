import { readFileSync } from 'node:fs';
import { writeWhole } from '../machine/files.ts';
import {
  end,
  isAlive,
  type ProcessIdentity,
  processIdentityOf,
  savedProcessIdentity,
} from '../machine/process-identity.ts';
import { claimFile, dropClaim } from '../setup/claim.mjs';

/** Who started the node of a folder, and what was started: it outlives a SIGKILL of the owner. */
export interface NodeRecord {
  readonly owner: ProcessIdentity;
  readonly epmd?: ProcessIdentity | undefined;
  readonly node?: ProcessIdentity | undefined;
}

const graceMs = 15_000;

/** Claims the folder for this program, after ending what a dead owner left behind in it. Throws when the owner is alive. */
export const claim = async (path: string, log: (line: string) => void): Promise<NodeRecord> => {
  const found = textOf(path);
  const left = recordIn(found);
  if (left !== undefined) {
    if (isAlive(left.owner)) {
      throw new Error(
        `The RabbitMQ in ${path} belongs to process ${left.owner.pid}, which is running: stop that first, or use another folder (DAVIT_DIR).`,
      );
    }
    if (left.node !== undefined && isAlive(left.node)) {
      log(`ending the RabbitMQ (process ${left.node.pid}) that an earlier stack left behind`);
    }
    await endAll(left);
  }
  // One that was cut short is nobody's.
  if (found !== undefined) dropClaim(path, found);
  const owner = processIdentityOf(process.pid);
  if (owner === undefined) throw new Error('The system does not say when this process started.');
  // Of two programs that come at once, one learns here that it is second.
  if (!claimFile(path, JSON.stringify({ owner }))) {
    throw new Error(`The RabbitMQ in ${path} is being started by another process: use that one.`);
  }
  return { owner };
};

export const writeRecord = (path: string, record: NodeRecord): void =>
  writeWhole(path, JSON.stringify(record));

/** Ends the node, then its epmd, and resolves when both are gone. */
export const endAll = async (record: NodeRecord): Promise<void> => {
  if (record.node !== undefined) await end(record.node, graceMs);
  if (record.epmd !== undefined) await end(record.epmd, graceMs);
};

/** What the folder's record says, or undefined where there is none. */
export const readRecord = (path: string): NodeRecord | undefined => recordIn(textOf(path));

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const recordIn = (text: string | undefined): NodeRecord | undefined => {
  let parsed: Record<string, unknown>;
  try {
    parsed = { ...JSON.parse(text ?? '') };
  } catch {
    return undefined;
  }
  const owner = savedProcessIdentity(parsed.owner);
  if (owner === undefined) return undefined;
  return {
    owner,
    epmd: savedProcessIdentity(parsed.epmd),
    node: savedProcessIdentity(parsed.node),
  };
};
