import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../shared/core/object.ts';
import { enclosuresFile, endEnclosed } from '../ecs/runtime/enclosures.ts';
import {
  isOfThisBoot,
  processIdentityOf,
  savedProcessIdentity,
  signalIfThere,
} from '../setup/process-identity.mjs';
import { readJson } from './files.ts';

/** The record of processes that this stack started, so that a later one can end what a SIGKILL left behind. */
export interface Children {
  /** Writes a process down; to be called first after its start. Does nothing without a pid: then the process never started. */
  readonly remember: (pid: number | undefined, what: string) => void;
  readonly forget: (pid: number | undefined) => void;
}

/** The folder in which a stack records one kind of child; each part that starts children has its own kind. */
export const childFolder = (dir: string, kind: string): string => join(dir, 'children', kind);

/** Opens the record in a folder. */
export const openChildren = (dir: string): Children => {
  mkdirSync(dir, { recursive: true });
  return {
    remember: (pid, what) => {
      if (pid === undefined) return;
      const living = processIdentityOf(pid);
      if (living === undefined) return;
      writeFileSync(join(dir, `${pid}.json`), JSON.stringify({ ...living, what }));
    },
    forget: (pid) => {
      if (pid !== undefined) rmSync(join(dir, `${pid}.json`), { force: true });
    },
  };
};

/** Ends every recorded process that is still alive, with its group and all that it has started, and empties the record. Returns
 * what it ended. */
export const endLeftovers = (dir: string): readonly string[] => {
  mkdirSync(dir, { recursive: true });
  const ended = readdirSync(dir)
    .filter((name) => name !== enclosuresFile)
    .flatMap((name) => endLeftover(join(dir, name)));
  const enclosed = endEnclosed(dir);
  // The container is named already; what it had started need not be named too.
  if (enclosed.length === 0 || ended.length > 0) return ended;
  return [`processes that a container left running (pid ${enclosed.join(', ')})`];
};

/** Ends the children of every kind that a stack left behind. */
export const endAllLeftovers = (dir: string): readonly string[] => {
  const folder = childFolder(dir, '');
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).flatMap((kind) => endLeftovers(join(folder, kind)));
};

const endLeftover = (path: string): readonly string[] => {
  const saved = readJson(path);
  rmSync(path, { force: true });
  const left = savedProcessIdentity(saved);
  if (left === undefined) return [];
  const now = processIdentityOf(left.pid)?.started;
  // A group may outlive its leader, whose pid is not given again as long as the group exists.
  if (now === left.started || (now === undefined && isOfThisBoot(left))) killGroup(left.pid);
  return now === left.started ? [`${whatOf(saved)} (pid ${left.pid})`] : [];
};

const killGroup = (pid: number): void => {
  for (const target of [-pid, pid]) signalIfThere(target, 'SIGKILL');
};

const whatOf = (saved: unknown): string => (isObject(saved) ? String(saved.what) : 'a process');
