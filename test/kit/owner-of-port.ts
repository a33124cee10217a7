import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The one of these processes that has the local TCP port on the loopback address; undefined when none has it. */
export const ownerOfPort = (port: number, pids: readonly number[]): number | undefined =>
  existsSync('/proc/net/tcp') ? ownerInProc(port, pids) : ownerByLsof(port, pids);

const ownerInProc = (port: number, pids: readonly number[]): number | undefined => {
  const socket = socketOf(port);
  return pids.find((pid) => socket !== undefined && filesOf(pid).includes(socket));
};

/** A line is `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode` (Linux, proc_net_tcp). */
const socketOf = (port: number): string | undefined => {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  const [, , , , , , , , , inode] =
    lines.map((line) => line.trim().split(/\s+/)).find(([, local]) => local === address) ?? [];
  return inode === undefined ? undefined : `socket:[${inode}]`;
};

const filesOf = (pid: number): readonly string[] => {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => readlinkSync(`${folder}/${name}`));
  } catch {
    // It has ended, or has closed a file meanwhile.
    return [];
  }
};

const ownerByLsof = (port: number, pids: readonly number[]): number | undefined => {
  const words = ['-nP', '-a', '-p', pids.join(','), `-iTCP@127.0.0.1:${port}`, '-Fp'];
  const printed = spawnSync('lsof', words, { encoding: 'utf8' }).stdout ?? '';
  return pids.find((pid) => printed.split('\n').includes(`p${pid}`));
};
