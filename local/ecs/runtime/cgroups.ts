import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalIfThere } from '../../setup/process-identity.mjs';

// Control groups, version 2 (https://docs.kernel.org/admin-guide/cgroup-v2.html): a child starts in the group of its parent, and
// stays there whatever it does with its session, forks or environment.

/** The cgroup of this process, where it may make groups below and move itself there and back; undefined where it may not. */
export const findCgroup = (): string | undefined => {
  try {
    const own = cgroupFolderOf(
      readFileSync('/proc/self/mountinfo', 'utf8'),
      readFileSync('/proc/self/cgroup', 'utf8'),
    );
    return own !== undefined && canUse(own) ? own : undefined;
  } catch {
    return undefined;
  }
};

/** The folder of a process's cgroup of version 2, from what `/proc/<pid>/mountinfo` and `/proc/<pid>/cgroup` say. */
export const cgroupFolderOf = (mounts: string, groups: string): string | undefined =>
  folderOf(version2, mounts, groups);

/** The folders in which the kernel may count what a process's cgroup does with memory: of version 1, and of version 2. */
export const memoryFoldersOf = (mounts: string, groups: string): readonly string[] =>
  [memoryOfVersion1, version2].flatMap((version) => folderOf(version, mounts, groups) ?? []);

/** A path for a new group of ours. */
export const newGroupIn = (own: string): string =>
  join(own, `${ourPrefix}${randomBytes(8).toString('hex')}`);

/** Whether a path can be one of `newGroupIn`. No other group is ever ended. */
export const isGroupOfOurs = (path: string): boolean =>
  new RegExp(`/${ourPrefix}[0-9a-f]{16}$`).test(path);

/** Moves this process, with all its threads, into a group. */
export const moveInto = (group: string): void =>
  writeFileSync(join(group, 'cgroup.procs'), String(process.pid));

/** The processes in a group and in those below. */
export const pidsIn = (group: string): readonly number[] => {
  try {
    const own = readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').map(Number);
    return [...own.filter((pid) => pid > 0), ...groupsIn(group).flatMap(pidsIn)];
  } catch {
    return [];
  }
};

/** Sends SIGKILL to all processes in a group and below it. A kernel older than 5.14 may need more than one call. */
export const killGroup = (group: string): void => {
  try {
    writeFileSync(join(group, 'cgroup.kill'), '1');
  } catch {
    freezeAndKill(group);
  }
};

/** Removes a group with those below. False if a process in it is still alive. */
export const removeGroup = (group: string): boolean => {
  try {
    for (const below of groupsIn(group)) removeGroup(below);
    rmdirSync(group);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  }
};

/** How the two files name a hierarchy of cgroups. */
interface Hierarchy {
  readonly mount: RegExp;
  readonly group: RegExp;
}

// proc(5): id, parent, device, root of the mount within its file system, where it is mounted, …, a dash, the file system's type.
const version2: Hierarchy = {
  mount: /^\S+ \S+ \S+ (\S+) (\S+) .* - cgroup2 /m,
  group: /^0::(\/.*)$/m,
};
const memoryOfVersion1: Hierarchy = {
  mount: /^\S+ \S+ \S+ (\S+) (\S+) .* - cgroup \S+ (?:\S*,)?memory(?:,|$)/m,
  group: /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(\/.*)$/m,
};

const folderOf = (hierarchy: Hierarchy, mounts: string, groups: string): string | undefined => {
  const [, root = '/', mounted] = hierarchy.mount.exec(mounts) ?? [];
  const [, path] = hierarchy.group.exec(groups) ?? [];
  if (mounted === undefined || path === undefined || mounted.includes('\\')) return undefined;
  const below = root === '/' ? path : path === root ? '/' : path.replace(`${root}/`, '/');
  const isBelow = root === '/' || path === root || path.startsWith(`${root}/`);
  // A group outside of what this mount shows begins with `/..` (cgroup_namespaces(7)).
  return isBelow && !below.startsWith('/..') ? join(mounted, below) : undefined;
};

const ourPrefix = 'davit-';

const canUse = (own: string): boolean => {
  const trial = newGroupIn(own);
  mkdirSync(trial);
  try {
    moveInto(trial);
    moveInto(own);
    return true;
  } catch {
    return false;
  } finally {
    removeGroup(trial);
  }
};

const groupsIn = (group: string): readonly string[] =>
  readdirSync(group, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(group, entry.name));

/** A frozen process cannot fork, but SIGKILL ends it. */
const freezeAndKill = (group: string): void => {
  try {
    writeFileSync(join(group, 'cgroup.freeze'), '1');
  } catch {
    // Older than 5.2, or the group has gone.
  }
  for (const pid of pidsIn(group)) signalIfThere(pid, 'SIGKILL');
};
