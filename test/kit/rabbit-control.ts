import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { environmentOf, layoutOf } from '../../local/rabbitmq/files.ts';
import { findPrograms } from '../../local/rabbitmq/node.ts';

/** Quorum queues of the virtual host `/` whose leader does not answer until `resume`: they take messages and never confirm them. */
export const suspend = (dir: string, ...queues: readonly string[]): Promise<string> =>
  rabbitmqctl(dir, 'eval', `${queues.map((name) => `sys:suspend(${leader(name)})`).join(', ')}.`);

/** The opposite of `suspend`. */
export const resume = (dir: string, ...queues: readonly string[]): Promise<string> =>
  rabbitmqctl(dir, 'eval', `${queues.map((name) => `sys:resume(${leader(name)})`).join(', ')}.`);

/** The open connections, by the broker's own names for them. */
export const connectionsOf = async (dir: string): Promise<readonly string[]> =>
  (await rabbitmqctl(dir, 'list_connections', 'pid', '--quiet', '--no-table-headers'))
    .split('\n')
    .filter((line) => line !== '');

/** What `rabbitmqctl` prints for this command, on the private node of that folder. */
const rabbitmqctl = async (dir: string, ...args: readonly string[]): Promise<string> => {
  const ports = JSON.parse(readFileSync(layoutOf(dir).ports, 'utf8'));
  const program = join(dirname(findPrograms().server), 'rabbitmqctl');
  const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', ...environmentOf(dir, ports) };
  return (await promisify(execFile)(program, args, { env })).stdout;
};

const leader = (queue: string): string => `whereis('%2F_${queue}')`;
