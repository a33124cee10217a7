import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The one of these processes that has the local TCP port on the loopback address; undefined when none has it. */
export const ownerOfPort = (port: number, pids: readonly number[]): number | undefined =>
  existsSync('/proc/net/tcp') ? ownerInProc(port, pids) : ownerByLsof(port, pids);

const ownerInProc = (port: number, pids: readonly number[]): number | undefined => {
  const sockets = new Set(socketsOf(port));
  return pids.find((pid) => filesOf(pid).some((file) => sockets.has(file)));
};

/**
 * The open sockets of a port. A line is `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode` (Linux,
 * proc_net_tcp). A port has several where it was used for connections to other servers: those that have ended have the inode 0.
 */
const socketsOf = (port: number): readonly string[] => {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, local, , , , , , , , inode] = line.trim().split(/\s+/);
    return local === address && inode !== undefined && inode !== '0' ? [`socket:[${inode}]`] : [];
  });
};

const filesOf = (pid: number): readonly string[] => {
  const folder = `/proc/${pid}/fd`;
  return (orGone(() => readdirSync(folder)) ?? []).flatMap(
    (name) => orGone(() => readlinkSync(`${folder}/${name}`)) ?? [],
  );
};

/** Undefined when the process has ended, or has closed the file meanwhile. */
const orGone = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

const ownerByLsof = (port: number, pids: readonly number[]): number | undefined => {
  const words = ['-nP', '-a', '-p', pids.join(','), `-iTCP@127.0.0.1:${port}`, '-Fp'];
  const printed = spawnSync('lsof', words, { encoding: 'utf8' }).stdout ?? '';
  return pids.find((pid) => printed.split('\n').includes(`p${pid}`));
};
