import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownUmask, withUmask } from '../machine/umask.ts';
import { findEpmd, findRabbitmqServer, rabbitmqMissing } from '../setup/find-rabbitmq.mjs';
import { type ProcessIdentity, processIdentityOf } from '../setup/process-identity.mjs';
import { environmentOf, layoutOf } from './files.ts';
import type { Ports } from './ports.ts';
import { type NodeRecord, writeRecord } from './record.ts';

export interface Programs {
  readonly server: string;
  readonly epmd: string;
}

export interface RabbitNode {
  readonly pid: number;
  /** Resolves when the server has ended, for any reason. */
  readonly ended: Promise<void>;
}

/** Finds the installed programs; throws a sentence about what to install. */
export const findPrograms = (): Programs => {
  const server = findRabbitmqServer(process.env);
  const epmd = findEpmd(process.env);
  if (server === undefined) throw new Error(rabbitmqMissing(process.env, process.platform));
  if (epmd === undefined) {
    throw new Error(
      `RabbitMQ (${server}) needs Erlang's \`epmd\`, which is not on PATH: install Erlang, or add its bin folder to PATH.`,
    );
  }
  return { server, epmd };
};

/** Starts epmd and the server, and writes each into the folder's record at once, so that a later start finds them even after a
 * SIGKILL of this process. Does not wait until the server is ready. */
export const startNode = async (
  programs: Programs,
  dir: string,
  { ports, claimed }: { readonly ports: Ports; readonly claimed: NodeRecord },
): Promise<RabbitNode> => {
  const at = layoutOf(dir);
  const env = { ...callerEnvironment(), ...environmentOf(dir, ports) };
  // Started by us: the epmd that the server would start is a daemon without a parent, and would stay behind.
  const epmd = startIn(dir, env, [programs.epmd, '-port', String(ports.epmd)]);
  const record = { ...claimed, epmd: await livingChild(epmd, programs.epmd) };
  writeRecord(at.record, record);
  await untilListening(ports.epmd);
  const server = startIn(dir, env, [programs.server]);
  const ended = once(server, 'exit').then(() => undefined);
  const node = await livingChild(server, programs.server);
  writeRecord(at.record, { ...record, node });
  return { pid: node.pid, ended };
};

/** The environment of the caller without the variables that configure another node of this machine. */
const callerEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(RABBITMQ_|ERL_|NOTIFY_SOCKET$)/.test(name)),
  );

const startIn = (
  dir: string,
  env: NodeJS.ProcessEnv,
  [program = '', ...args]: readonly string[],
): ChildProcess => {
  const output = openSync(layoutOf(dir).output, 'a');
  try {
    // A session of its own: Ctrl-C in the terminal reaches this process alone, which stops everything in order.
    return withUmask(ownUmask, () =>
      spawn(program, args, {
        cwd: dir,
        env,
        detached: true,
        stdio: ['ignore', output, output],
      }),
    );
  } finally {
    closeSync(output);
  }
};

const livingChild = async (child: ChildProcess, program: string): Promise<ProcessIdentity> => {
  await once(child, 'spawn');
  const living = child.pid === undefined ? undefined : processIdentityOf(child.pid);
  if (living === undefined) throw new Error(`${program} ended as soon as it was started.`);
  return living;
};

const epmdTimeoutMs = 10_000;
const pollMs = 20;

const untilListening = async (port: number): Promise<void> => {
  const until = performance.now() + epmdTimeoutMs;
  while (!(await accepts(port))) {
    if (performance.now() > until) {
      throw new Error(`epmd must listen on 127.0.0.1:${port}, but does not after 10 s.`);
    }
    await sleep(pollMs);
  }
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
