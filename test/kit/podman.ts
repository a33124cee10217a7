import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, engineAt } from '../../local/ecs/runtime/engine/connect.ts';
import { findEngine } from '../../local/ecs/runtime/engine/find-engine.ts';
import { missing } from './debian.ts';
import { importImages } from './engine-images.ts';
import { until } from './until.ts';

/** A private Podman with its Docker-compatible socket. Its images and containers are in a folder of its own. */
export interface Podman {
  readonly address: string;
  readonly engine: Engine;
  /** A folder that ends with it. */
  readonly dir: string;
  /** Ends the service as a crash does. Podman's containers live on. */
  readonly crash: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Ends everything. */
  readonly close: () => Promise<void>;
}

const packages = 'podman runc catatonit';

/**
 * Why containers cannot be tested here; undefined where they can be. On Debian as root they must be: there this throws instead.
 */
export const noPodman = (): string | undefined => {
  if (!existsSync('/etc/debian_version')) return 'containers are tested with Podman of Debian';
  if (process.getuid?.() !== 0) return 'only root may install and run the Podman of these tests';
  for (const probe of programs) {
    const why = missing({ probe, debianPackage: packages });
    if (why !== undefined) throw new Error(`containers must be tested here, but ${why}`);
  }
  return undefined;
};

const programs = [
  ['/usr/bin/podman', '--version'],
  ['/usr/sbin/runc', '--version'],
  ['/usr/libexec/podman/catatonit', '--version'],
] as const;

/** Starts a Podman with the images of `importImages`. */
export const openPodman = async (): Promise<Podman> => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-podman-'));
  const config = join(dir, 'containers.conf');
  writeFileSync(config, containersConf);
  const socket = join(dir, 'podman.sock');
  const address = `unix://${socket}`;
  let service: ChildProcess | undefined;

  const podman = (...words: readonly string[]): readonly [string, readonly string[]] => {
    const place = ['--root', join(dir, 'root'), '--runroot', join(dir, 'run')];
    return ['/usr/bin/podman', [...place, '--tmpdir', join(dir, 'tmp'), ...words]];
  };
  // A proxy of this machine, as many companies have one: no container may get its address.
  const env = {
    PATH: process.env.PATH,
    CONTAINERS_CONF: config,
    HTTP_PROXY: 'http://proxy.invalid',
    http_proxy: 'http://proxy.invalid',
  };

  const start = async (): Promise<void> => {
    rmSync(socket, { force: true });
    const [program, words] = podman('system', 'service', '--time=0', address);
    // A session of its own, so that a signal to the tests does not reach it. conmon 2.1 notes a full memory in a file `oom` of this
    // folder, where Podman does not look for it.
    service = spawn(program, words, { cwd: dir, env, stdio: 'ignore', detached: true });
    await until('Podman answers', async () => 'name' in (await findEngine([address])) || undefined);
  };

  const crash = async (): Promise<void> => {
    if (service === undefined || service.exitCode !== null || service.signalCode !== null) return;
    const ended = once(service, 'exit');
    service.kill('SIGKILL');
    await ended;
  };

  mkdirSync(join(dir, 'tmp'), { recursive: true });
  await start();
  const engine = engineAt(address);
  await importImages(engine, dir);
  return {
    address,
    engine,
    dir,
    crash,
    start,
    close: async () => {
      await crash();
      const [program, words] = podman('rm', '--all', '--force', '--time', '0');
      execFileSync(program, words, { env, stdio: 'ignore' });
      // A Podman that cleans up after a container mounts this folder again, and ends a moment later.
      await until('the folder of Podman is gone', () => {
        spawnSync('umount', ['--lazy', join(dir, 'root/overlay')], { stdio: 'ignore' });
        return removes(dir);
      });
    },
  };
};

const removes = (dir: string): boolean => {
  try {
    rmSync(dir, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
};

/** Podman's own limits of a user's processes are higher than some machines allow. */
const containersConf = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
`;
