import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../shared/core/object.ts';
import { readJson, writeWhole } from '../machine/files.ts';
import type { Ports } from './ports.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

// An address instead of a host name: it needs no resolver, and a renamed machine finds its queues again.
export const nodeName = 'davit@127.0.0.1';

/** With less free disk space, the server takes no messages from publishers until there is more. */
export const leastFreeBytes = 50_000_000;

// One core and small tables: the broker shares the machine with other work. `none`: idle schedulers do not spin.
const erlangArgs = '+S 1:1 +P 65536 +Q 65536 +sbwt none +sbwtdcpu none +sbwtdio none';

const ownFolder = { recursive: true, mode: 0o700 };
const ownFile = { mode: 0o600 };

/** The paths in the folder of a node. */
export const layoutOf = (dir: string) => ({
  record: join(dir, 'node.json'),
  ports: join(dir, 'ports.json'),
  admin: join(dir, 'admin.json'),
  cookie: join(dir, '.erlang.cookie'),
  config: join(dir, 'rabbitmq.conf'),
  plugins: join(dir, 'enabled_plugins'),
  definitions: join(dir, 'definitions.json'),
  data: join(dir, 'data'),
  logs: join(dir, 'log'),
  log: join(dir, 'log', 'rabbitmq.log'),
  output: join(dir, 'log', 'output.log'),
});

/** Writes all that a node reads at its start, and returns the administrator, whose password is made once per folder. */
export const writeFiles = (dir: string, ports: Ports): Credentials => {
  const at = layoutOf(dir);
  mkdirSync(at.data, ownFolder);
  mkdirSync(at.logs, ownFolder);
  const { username, password } = keptAdmin(at.admin);
  if (!hasText(at.cookie)) writeWhole(at.cookie, randomBytes(24).toString('hex'), 0o400);
  chmodSync(at.cookie, 0o400);
  writeFileSync(at.ports, JSON.stringify(ports), ownFile);
  writeFileSync(at.plugins, '[rabbitmq_management].\n', ownFile);
  writeFileSync(at.definitions, definitionsOf({ username, password }), ownFile);
  writeFileSync(at.config, configOf(dir, ports), ownFile);
  return { username, password };
};

/** The environment that makes the server a node of its own: nothing of the system's RabbitMQ is read or written. */
export const environmentOf = (dir: string, ports: Ports): Record<string, string> => {
  const at = layoutOf(dir);
  return {
    HOME: dir,
    // A file that does not exist, so that /etc/rabbitmq/rabbitmq-env.conf is not read.
    RABBITMQ_CONF_ENV_FILE: join(dir, 'no-rabbitmq-env.conf'),
    RABBITMQ_NODENAME: nodeName,
    RABBITMQ_USE_LONGNAME: 'true',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    ERL_EPMD_PORT: String(ports.epmd),
    // epmd always listens on the loopback interface too, ::1 included (erts, epmd, -address): this cannot be switched off.
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // For every Erlang program: the server starts one each minute, and that one would start a missing epmd. During a stop it
    // would be started after ours has ended, and would run forever.
    ERL_AFLAGS: '-start_epmd false',
    RABBITMQ_MNESIA_BASE: at.data,
    RABBITMQ_SCHEMA_DIR: join(dir, 'schema'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(dir, 'generated'),
    RABBITMQ_LOG_BASE: at.logs,
    RABBITMQ_LOGS: at.log,
    RABBITMQ_PID_FILE: join(dir, 'rabbitmq.pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at.plugins,
    RABBITMQ_CONFIG_FILE: at.config,
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'no-advanced.config'),
    RABBITMQ_SERVER_ERL_ARGS: erlangArgs,
    // The distribution too listens on loopback alone.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // With this the script becomes the server (exec) instead of its parent: the process that we start is the one that we end.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
};

/** A file that a crash cut short is made again: the server reads the password at each start. */
const keptAdmin = (path: string): Credentials => {
  const saved = readJson(path);
  if (isObject(saved) && typeof saved.username === 'string' && typeof saved.password === 'string') {
    return { username: saved.username, password: saved.password };
  }
  const made = { username: 'davit-admin', password: randomBytes(18).toString('base64url') };
  writeWhole(path, JSON.stringify(made));
  return made;
};

const hasText = (path: string): boolean => existsSync(path) && statSync(path).size > 0;

/** The server reads these at every start, so that the administrator also exists when an earlier start made the database. Because they contain a user,
 * RabbitMQ does not create `guest`. */
const definitionsOf = ({ username, password }: Credentials): string =>
  JSON.stringify({
    users: [
      {
        name: username,
        password_hash: hashed(password),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: 'administrator',
      },
    ],
    vhosts: [{ name: '/' }],
    permissions: [{ user: username, vhost: '/', configure: '.*', write: '.*', read: '.*' }],
  });

/** RabbitMQ's form of a password: base64 of four bytes of salt and SHA-256 over salt and password. */
const hashed = (password: string): string => {
  const salt = randomBytes(4);
  const digest = createHash('sha256').update(salt).update(password).digest();
  return Buffer.concat([salt, digest]).toString('base64');
};

/** The classic configuration; with sizes for a machine that does other work too. */
const configOf = (dir: string, ports: Ports): string =>
  [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${ports.management}`,
    `load_definitions = ${layoutOf(dir).definitions}`,
    `disk_free_limit.absolute = ${leastFreeBytes}`,
    'raft.wal_max_size_bytes = 67108864',
    'log.file.level = info',
    'log.file.rotation.size = 10485760',
    'log.file.rotation.count = 2',
    '',
  ].join('\n');
