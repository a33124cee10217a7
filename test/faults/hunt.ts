import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { numberGiven } from '../../bench/numbers.ts';
import { root } from '../kit/root.ts';
import { type Found, firstSeedOf } from './first-seed.ts';
import { faultNames } from './patch.ts';

/**
 * `npm run simulate:faults`: looks for each planted fault with random worlds, and prints the first seed that shows it and how many
 * seeds it took. `npm run simulate:faults -- no-outbox` looks for some. `--most N` bounds the seeds for each fault, and `--record`
 * writes what was found to seeds.json.
 */
const file = join(root, 'test/faults/seeds.json');

interface Order {
  readonly name: string;
  readonly from: number;
  readonly most: number;
}

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      most: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      record: { type: 'boolean', default: false },
      jobs: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const most = numberGiven('--most', values.most, 5_000);
  const from = numberGiven('--from', values.from, 1e9);
  const jobs = Math.trunc(numberGiven('--jobs', values.jobs, 64));
  const left = positionals.length > 0 ? [...positionals] : [...faultNames()];
  const recorded = new Map<string, Found>(Object.entries(JSON.parse(readFileSync(file, 'utf8'))));
  const tries: number[] = [];
  const missed: string[] = [];
  const next = (worker: Worker): void => {
    const name = left.shift();
    if (name === undefined) worker.postMessage('end');
    else worker.postMessage({ name, from, most } satisfies Order);
  };
  const onAnswer = (name: string, found: Found | undefined): void => {
    if (found === undefined) {
      missed.push(name);
      recorded.delete(name);
    } else {
      recorded.set(name, found);
      tries.push(found.tries);
    }
    process.stdout.write(
      found
        ? `${name}: seed ${found.seed} after ${found.tries}, ${found.promise}\n`
        : `${name}: not found by ${most} seeds\n`,
    );
    if (!values.record) return;
    const sorted = [...recorded].toSorted(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
  };
  await Promise.all(
    Array.from({ length: jobs }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: 'hunt' });
      next(worker);
      worker.on('message', ({ name, found }: { name: string; found?: Found }) => {
        onAnswer(name, found);
        next(worker);
      });
      return new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
    }),
  );
  tries.sort((a, b) => a - b);
  process.stdout.write(
    `${tries.length} faults were found${tries.length > 0 ? `, by a median of ${tries[Math.floor(tries.length / 2)]} seeds` : ''}; not found: ${missed.join(', ') || 'none'}\n`,
  );
};

const work = (): void => {
  parentPort?.on('message', (order: Order | 'end') => {
    if (order === 'end') {
      parentPort?.close();
      return;
    }
    firstSeedOf(order).then(
      (found) => parentPort?.postMessage({ name: order.name, found }),
      (cause: unknown) => {
        throw cause;
      },
    );
  });
};

if (isMainThread) {
  main().catch((cause: unknown) => {
    process.stderr.write(`${String(cause)}\n`);
    process.exitCode = 1;
  });
} else if (workerData === 'hunt') work();
