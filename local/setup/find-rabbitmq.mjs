import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// The programs themselves: Debian's /usr/sbin/rabbitmq-server is a wrapper that refuses every user except root and `rabbitmq`.
const servers = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server',
  '/usr/local/opt/rabbitmq/sbin/rabbitmq-server',
  '/home/linuxbrew/.linuxbrew/opt/rabbitmq/sbin/rabbitmq-server',
];

const erlangFolders = ['/usr/lib/erlang/bin', '/opt/homebrew/bin', '/usr/local/bin', '/usr/bin'];

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */
/** Finds the RabbitMQ server program of this machine: only the one that DAVIT_RABBITMQ_SERVER names, when it is set, else where Debian,
 * Ubuntu and Homebrew put it. Undefined when there is none.
 * @param {Environment} env */
export const findRabbitmqServer = (env) => {
  const candidates = env.DAVIT_RABBITMQ_SERVER
    ? [env.DAVIT_RABBITMQ_SERVER]
    : [...servers, ...(env.HOMEBREW_PREFIX ? [brewed(env.HOMEBREW_PREFIX)] : [])];
  return candidates.find(isProgram);
};

/** Finds Erlang's port mapper, which is part of every Erlang, on PATH or where Debian and Homebrew put it.
 * @param {Environment} env */
export const findEpmd = (env) => {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...erlangFolders];
  return folders.map((folder) => join(folder, 'epmd')).find(isProgram);
};

/** The sentence about a missing RabbitMQ, with what a person can do.
 * @param {Environment} env
 * @param {NodeJS.Platform} platform */
export const rabbitmqMissing = (env, platform) => {
  if (env.DAVIT_RABBITMQ_SERVER) {
    return `DAVIT_RABBITMQ_SERVER must name the RabbitMQ server program, but ${env.DAVIT_RABBITMQ_SERVER} is not a program: correct it, or unset it to use the installed one.`;
  }
  const command =
    platform === 'darwin' ? 'brew install rabbitmq' : 'sudo apt-get install rabbitmq-server';
  return `RabbitMQ is not installed: run \`${command}\`, or set DAVIT_RABBITMQ_SERVER to its server program, and try again.`;
};

/** @param {string} prefix */
const brewed = (prefix) => join(prefix, 'opt/rabbitmq/sbin/rabbitmq-server');

/** @param {string} path */
const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
};
