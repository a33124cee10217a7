import { dirname, join } from 'node:path';
import { startInOwnSession } from '../machine/own-session.ts';
import { environmentOf, nodeName } from './files.ts';
import type { Ports } from './ports.ts';

const timeoutMs = 5_000;

// The management agent's event handler asks the application controller before it ends, and the controller waits for the handler:
// every stop of RabbitMQ takes five idle seconds. When the handler is removed first, a stop takes one.
const expression = `rpc:call('${nodeName}', gen_event, delete_handler, [rabbit_event, rabbit_mgmt_db_handler, stop], 2000), halt().`;

/** Prepares a node for a quick stop. Never rejects: where it does not work, the stop is slower, but as clean. */
export const prepareQuickStop = (epmd: string, dir: string, ports: Ports): Promise<void> =>
  new Promise((resolve) => {
    const child = startInOwnSession(
      join(dirname(epmd), 'erl'),
      ['-noinput', '-hidden', '-start_epmd', 'false', '-name', callerName(), '-eval', expression],
      {
        env: { ...process.env, ...environmentOf(dir, ports) },
        stdio: 'ignore',
        signal: AbortSignal.timeout(timeoutMs),
      },
    );
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });

const callerName = (): string => `davit-stop-${process.pid}@127.0.0.1`;
