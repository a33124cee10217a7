import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// The programs themselves: /usr/sbin/rabbitmq-server of Debian is a wrapper that refuses everybody but root and `rabbitmq`.
const servers = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  '/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server',
  '/usr/local/opt/rabbitmq/sbin/rabbitmq-server',
  '/home/linuxbrew/.linuxbrew/opt/rabbitmq/sbin/rabbitmq-server',
];

const erlangFolders = ['/usr/lib/erlang/bin', '/opt/homebrew/bin', '/usr/local/bin', '/usr/bin'];

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */
/** The RabbitMQ server program of this machine, or undefined: the one that DAVIT_RABBITMQ_SERVER names (and no other, when it
 * is set), else where Debian, Ubuntu and Homebrew put it.
 * @param {Environment} env */
export const findRabbitmqServer = (env) => {
  const candidates = env.DAVIT_RABBITMQ_SERVER
    ? [env.DAVIT_RABBITMQ_SERVER]
    : [...servers, ...(env.HOMEBREW_PREFIX ? [brewed(env.HOMEBREW_PREFIX)] : [])];
  return candidates.find(isProgram);
};

/** Erlang's port mapper, which comes with every Erlang; it is on PATH, or where Debian and Homebrew put it.
 * @param {Environment} env */
export const findEpmd = (env) => {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...erlangFolders];
  return folders.map((folder) => join(folder, 'epmd')).find(isProgram);
};

/** What a person can do about a missing RabbitMQ, in one sentence.
 * @param {Environment} env
 * @param {NodeJS.Platform} platform */
export const rabbitmqMissing = (env, platform) => {
  if (env.DAVIT_RABBITMQ_SERVER) {
    return `DAVIT_RABBITMQ_SERVER must name the RabbitMQ server program, but ${env.DAVIT_RABBITMQ_SERVER} is none: correct it, or unset it to use the installed one.`;
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
