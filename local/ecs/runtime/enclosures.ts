import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../../../shared/core/object.ts';
import { readJson, writeWhole } from '../../machine/files.ts';
import { isGroupOfOurs, killGroup, moveInto, newGroupIn, pidsIn, removeGroup } from './cgroups.ts';
import { endMarked, markName } from './marks.ts';

/** Holds all processes that a run starts, so that they end with the run (docs/decisions/0009). */
export interface Enclosure {
  /** To be added to the run's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** A process that `start` starts is in the enclosure from its first instruction. `start` must not wait. */
  readonly within: <T>(start: () => T) => T;
  /** Ends all processes in it. `leader` is the run's first process, if it ever started. */
  readonly end: (leader?: number) => Promise<void>;
}

/** The enclosures of an agent's runs. */
export interface Enclosures {
  readonly open: (run: string) => Enclosure;
  /** Ends all of them. */
  readonly close: () => void;
}

/** The file in a folder of children that notes the enclosures that may still hold processes. */
export const enclosuresFile = 'enclosures.json';

/**
 * Enclosures are groups below the agent's own cgroup if it may create them, else a mark in the environment. They are noted in the
 * folder before the first is used, so that `endEnclosed` can end the processes that a killed agent left.
 */
export const openEnclosures = (dir: string, cgroup: string | undefined): Enclosures => {
  const mark = randomBytes(16).toString('hex');
  const group = cgroup === undefined ? undefined : newGroupIn(cgroup);
  const left = groupsOf(readJson(recordIn(dir))).filter((one) => existsSync(one));
  writeWhole(recordIn(dir), JSON.stringify({ mark, group, left }));
  return {
    open: (run) => {
      const own = `${mark}/${run}/`;
      const environment = { [markName]: own };
      if (cgroup === undefined || group === undefined) {
        return {
          environment,
          within: (start) => start(),
          end: async (leader) => void endMarked({ mark: own, session: leader }),
        };
      }
      const place = join(group, run);
      return {
        environment,
        within: (start) => startWithin({ place, home: cgroup }, start),
        end: () => endGroup(place),
      };
    },
    close: () => {
      // From memory: the folder may have been removed already.
      endNoted({ mark, group });
      keepLeft(dir, groupsOf({ group, left }));
    },
  };
};

/** Ends the processes that an agent's runs left, if the folder notes any, and returns their pids. */
export const endEnclosed = (dir: string): readonly number[] => {
  const noted = readJson(recordIn(dir));
  if (!isObject(noted)) return [];
  const ended = endNoted(noted);
  keepLeft(dir, groupsOf(noted));
  return ended;
};

/** The warning at a stack's start if a process can escape from its enclosure; undefined if none can. */
export const whatEscapes = (cgroup: string | undefined, platform: string): string | undefined => {
  if (cgroup !== undefined) return undefined;
  const containers = 'run tools that you do not trust in containers, on ECS';
  return platform === 'linux'
    ? `no cgroup can be made here (version 2, writable by this user), so what a tool starts with an emptied environment, or what hides it (PR_SET_DUMPABLE 0, as ssh-agent), may outlive its task: ${containers}`
    : `this system does not show what a tool has started, so a program that it starts in a session of its own outlives its task: ${containers}`;
};

/** The groups of a record: its agent's own, and those of earlier ones that had not ended. */
const groupsOf = (noted: unknown): readonly string[] => {
  if (!isObject(noted)) return [];
  const groups: readonly unknown[] = [
    noted.group,
    ...(Array.isArray(noted.left) ? noted.left : []),
  ];
  return groups.filter((one): one is string => typeof one === 'string' && isGroupOfOurs(one));
};

const recordIn = (dir: string): string => join(dir, enclosuresFile);

/**
 * A child starts in the cgroup of its parent, so this process moves there during the start. So no shell is needed, and an error of
 * `execve` is the error of the program. Starting a process is one call that does not wait, so no other process starts meanwhile.
 */
const startWithin = <T>(
  { place, home }: { readonly place: string; readonly home: string },
  start: () => T,
): T => {
  try {
    mkdirSync(place, { recursive: true });
    moveInto(place);
  } catch (cause) {
    // Without the code of the cause: a code would be read as one of `execve`, that is, a fault of the image.
    throw new Error(`the run must have a cgroup, but: ${String(cause)}`, { cause });
  }
  try {
    return start();
  } finally {
    moveInto(home);
  }
};

/** A process that has not ended so long after SIGKILL waits for a device, and nothing can end it. */
const endMs = 5_000;

const endGroup = async (group: string): Promise<void> => {
  const until = performance.now() + endMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(50, pauseMs * 2)) {
    killGroup(group);
    if (removeGroup(group) || performance.now() > until) return;
    await sleep(pauseMs);
  }
};

const endNoted = (noted: Readonly<Record<string, unknown>>): readonly number[] => {
  const { mark, group } = noted;
  const ended = endGroupsNow(groupsOf(noted));
  const isMarked = groupsOf({ group }).length === 0 && typeof mark === 'string' && mark !== '';
  return isMarked ? [...ended, ...endMarked({ mark: `${mark}/` })] : ended;
};

/** The same, but it blocks this program until it is done. */
const endGroupsNow = (groups: readonly string[]): readonly number[] => {
  const found = groups.flatMap(pidsIn);
  const until = performance.now() + endMs;
  for (;;) {
    for (const group of groups) killGroup(group);
    if (groups.map(removeGroup).every(Boolean) || performance.now() > until) return found;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
};

/** Groups that have not ended stay noted, so that the next start ends them. */
const keepLeft = (dir: string, groups: readonly string[]): void => {
  const left = groups.filter((one) => existsSync(one));
  if (left.length === 0) rmSync(recordIn(dir), { force: true });
  else if (existsSync(dir)) writeWhole(recordIn(dir), JSON.stringify({ left }));
};
