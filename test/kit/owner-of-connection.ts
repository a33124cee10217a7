import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A TCP connection on the loopback address, by its two ports. */
export interface Connection {
  readonly clientPort: number;
  readonly serverPort: number;
}

/**
 * The one of these processes that opened the connection; undefined when none of them did. The client's port alone does not say it:
 * at the same time, another process may have the same port for a connection to another server.
 */
export const ownerOfConnection = (
  connection: Connection,
  pids: readonly number[],
): number | undefined =>
  existsSync('/proc/net/tcp') ? ownerInProc(connection, pids) : ownerByLsof(connection, pids);

const ownerInProc = (connection: Connection, pids: readonly number[]): number | undefined => {
  const socket = socketOf(connection);
  return socket === undefined ? undefined : pids.find((pid) => filesOf(pid).includes(socket));
};

/**
 * The open socket of the connection's client. A line is `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode`
 * (Linux, proc_net_tcp). The inode of a connection that has ended is 0.
 */
const socketOf = ({ clientPort, serverPort }: Connection): string | undefined => {
  const [client, server] = [addressOf(clientPort), addressOf(serverPort)];
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/);
    const isIt = local === client && remote === server;
    return isIt && inode !== undefined && inode !== '0' ? [`socket:[${inode}]`] : [];
  })[0];
};

const addressOf = (port: number): string =>
  `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;

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

/** Lines of `-F`: `p` and the process, then for each of its files `n` and the name, here both ends of a connection. */
const ownerByLsof = (
  { clientPort, serverPort }: Connection,
  pids: readonly number[],
): number | undefined => {
  const words = ['-nP', '-a', '-p', pids.join(','), `-iTCP@127.0.0.1:${clientPort}`, '-Fpn'];
  const printed = spawnSync('lsof', words, { encoding: 'utf8' }).stdout ?? '';
  const name = `n127.0.0.1:${clientPort}->127.0.0.1:${serverPort}`;
  const ofProcesses = printed.split(/^p(?=\d+$)/m);
  const found = ofProcesses.find((part) => part.split('\n').includes(name));
  return pids.find((pid) => found?.split('\n')[0] === `${pid}`);
};
