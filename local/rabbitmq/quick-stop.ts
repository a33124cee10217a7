import { dirname, join } from 'node:path';
import { startInOwnSession } from '../machine/own-session.ts';
import { environmentOf, nodeName } from './files.ts';
import type { Ports } from './ports.ts';

const timeoutMs = 5_000;

// The management agent's event handler ends by asking the application controller, which waits for it: every stop of RabbitMQ takes
// five seconds of nothing. Taken off first, a stop takes one.
const expression = `rpc:call('${nodeName}', gen_event, delete_handler, [rabbit_event, rabbit_mgmt_db_handler, stop], 2000), halt().`;

/** Prepares a node for a quick end. Promises nothing: where it does not work, the end is slow, and no less clean. */
export const prepareQuickStop = (epmd: string, dir: string, ports: Ports): Promise<void> =>
  new Promise((resolve) => {
    const child = startInOwnSession(
      join(dirname(epmd), 'erl'),
      ['-noinput', '-hidden', '-start_epmd', 'false', '-name', caller(), '-eval', expression],
      {
        env: { ...process.env, ...environmentOf(dir, ports) },
        stdio: 'ignore',
        signal: AbortSignal.timeout(timeoutMs),
      },
    );
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });

const caller = (): string => `davit-stop-${process.pid}@127.0.0.1`;
