import { expect, it } from 'vitest';
import {
  cgroupFolderOf,
  isGroupOfOurs,
  memoryFoldersOf,
  newGroupIn,
} from '../../../../local/ecs/runtime/cgroups.ts';

const mountOf = (root: string, at: string): string =>
  [
    '22 27 0:21 / /proc rw,relatime - proc proc rw',
    '30 23 0:26 / /sys/fs/cgroup ro,nosuid shared:4 - tmpfs tmpfs ro,mode=755',
    '31 30 0:27 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu',
    `41 31 0:38 ${root} ${at} rw,relatime shared:5 - cgroup2 cgroup2 rw,nsdelegate`,
  ].join('\n');

const scope = '/user.slice/user-1000.slice/user@1000.service/app.slice/a.scope';

it.each([
  ['alone', mountOf('/', '/sys/fs/cgroup'), `0::${scope}\n`, `/sys/fs/cgroup${scope}`],
  [
    'beside version 1',
    mountOf('/', '/sys/fs/cgroup/unified'),
    '9:name=systemd:/\n1:cpu:/x\n0::/\n',
    '/sys/fs/cgroup/unified/',
  ],
  ['in a container', mountOf('/docker/1', '/sys/fs/cgroup'), '0::/docker/1\n', '/sys/fs/cgroup/'],
  [
    'below the root of a container',
    mountOf('/docker/1', '/sys/fs/cgroup'),
    '0::/docker/1/a\n',
    '/sys/fs/cgroup/a',
  ],
])('finds the folder of a cgroup where version 2 is mounted %s', (_how, mounts, groups, folder) => {
  expect(cgroupFolderOf(mounts, groups)).toBe(folder);
});

it.each([
  ['version 2 is not mounted', '22 27 0:21 / /proc rw - proc proc rw\n', '0::/\n'],
  ['the process has only groups of version 1', mountOf('/', '/c'), '1:cpu:/x\n'],
  ['the mount shows another part', mountOf('/docker/1', '/c'), '0::/docker/12\n'],
  ['the group is outside of the namespace', mountOf('/', '/c'), '0::/../a\n'],
])('finds none where %s', (_why, mounts, groups) => {
  expect(cgroupFolderOf(mounts, groups)).toBeUndefined();
});

it('finds where the memory of a process is counted, in version 1 and in version 2', () => {
  const mounts = [
    '31 30 0:27 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu',
    '32 30 0:28 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory',
    '41 31 0:38 / /sys/fs/cgroup/unified rw shared:5 - cgroup2 cgroup2 rw',
  ].join('\n');
  const groups = '8:pids:/p\n4:memory:/libpod/1\n0::/libpod/2\n';
  expect(memoryFoldersOf(mounts, groups)).toEqual([
    '/sys/fs/cgroup/memory/libpod/1',
    '/sys/fs/cgroup/unified/libpod/2',
  ]);
  expect(memoryFoldersOf(mountOf('/', '/sys/fs/cgroup'), `0::${scope}\n`)).toEqual([
    `/sys/fs/cgroup${scope}`,
  ]);
});

it('distinguishes its own groups from all others', () => {
  expect(isGroupOfOurs(newGroupIn('/sys/fs/cgroup'))).toBe(true);
  for (const path of ['/sys/fs/cgroup', '/sys/fs/cgroup/davit-', '/sys/fs/cgroup/davit-0/..']) {
    expect(isGroupOfOurs(path)).toBe(false);
  }
});
