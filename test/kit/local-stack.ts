import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Addresses } from '../../local/addresses.ts';
import { type Faults, type Stack, startStack } from '../../local/stack.ts';
import { root } from './root.ts';
import { until } from './until.ts';

/** A row as any client of the table reads it. */
export type Row = Readonly<Record<string, unknown>>;

/** For any SDK client, as a person would set it up from `local.json`. */
export const reachOf = ({ aws, region, accessKeyId, secretAccessKey }: Addresses) => ({
  endpoint: aws,
  region,
  credentials: { accessKeyId, secretAccessKey },
});

/** The rows of the table, read by a plain SDK client. */
export interface Rows {
  readonly row: (taskId: string) => Promise<Row | undefined>;
  readonly all: () => Promise<readonly Row[]>;
  /** How many rows are still due. */
  readonly due: () => Promise<number>;
  /** The row of a task, once the predicate holds. Throws with the row when that never happens. */
  readonly when: (taskId: string, is: (row: Row) => boolean, withinMs?: number) => Promise<Row>;
  /** Every row, once there is this number of them, and all have ended and wait for nothing. */
  readonly whenAllEnded: (count: number, withinMs: number) => Promise<readonly Row[]>;
}

/** The table of a stack. */
export const rowsOf = (addresses: Addresses): Rows => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(reachOf(addresses)));
  const TableName = addresses.table;

  const row = async (taskId: string): Promise<Row | undefined> => {
    const get = new GetCommand({ TableName, Key: { taskId }, ConsistentRead: true });
    return (await client.send(get)).Item;
  };
  const all = () => scanned(client, { TableName });
  const indexed = async (IndexName: string) =>
    (await scanned(client, { TableName, IndexName })).length;
  const due = async () => (await indexed('due')) + (await indexed('outbox'));

  return {
    row,
    all,
    due,
    when: async (taskId, is, withinMs = 120_000) => {
      let last: Row | undefined;
      const found = async (): Promise<Row | undefined> => {
        last = await row(taskId);
        return last && is(last) ? last : undefined;
      };
      return until(`${taskId} as expected`, found, withinMs).catch((cause: unknown) => {
        throw new Error(`${String(cause)}; it stands so: ${JSON.stringify(last)}`, { cause });
      });
    },
    whenAllEnded: async (count, withinMs) => {
      let last: readonly Row[] = [];
      const found = async (): Promise<readonly Row[] | undefined> => {
        // A scan of hundreds of rows costs the stack more than a task does.
        await wait(500);
        last = await all();
        // An ended row is due until its effects are carried out.
        const settled = last.filter((one) => one.endedAt !== undefined && one.dueAt === undefined);
        return last.length === count && settled.length === count ? last : undefined;
      };
      return until(`${count} rows that have ended`, found, withinMs).catch((cause: unknown) => {
        const open = last.filter((one) => one.endedAt === undefined || one.dueAt !== undefined);
        const some = JSON.stringify(open.slice(0, 3));
        throw new Error(`${String(cause)}; of ${last.length} rows ${open.length}: ${some}`, {
          cause,
        });
      });
    },
  };
};

/** A stack that only one test uses. */
export interface TestStack {
  readonly stack: Stack;
  readonly dir: string;
  readonly rows: Rows;
  /** Where tools append `taskId run pid`. */
  readonly tallyFile: string;
  /** All lines that the stack has printed. */
  readonly printed: readonly string[];
  /** Ends it, with its folder. */
  readonly close: () => Promise<void>;
}

/** A new folder below the system's temporary one. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'davit-system-'));

/** Where `node local/setup.mjs` puts the images of this repository's tools. */
export const imagesDir = join(root, '.davit', 'images');

/** Starts a stack in a new folder, on free ports, with the repository's own tools. */
export const openTestStack = async (
  options: { readonly faults?: Faults; readonly imagesDir?: string } = {},
): Promise<TestStack> => {
  const dir = newFolder();
  const printed: string[] = [];
  const log = (line: string): void => void printed.push(line);
  const stack = await startStack({ dir, imagesDir, log, ...options });
  return {
    stack,
    dir,
    rows: rowsOf(stack.addresses),
    tallyFile: join(dir, 'tally'),
    printed,
    close: async () => {
      await stack.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** One line that a tool wrote when it was started: a proof of the run that does not depend on rows. */
export interface Started {
  readonly taskId: string;
  readonly run: number;
  readonly pid: number;
}

/** What tools have appended to a file so far. */
export const tallyOf = (file: string): readonly Started[] => {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // No tool has started yet.
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [taskId = '', run, pid] = line.split(' ');
      return { taskId, run: Number(run), pid: Number(pid) };
    });
};

/** How often each task was started, as its tool has recorded. */
export const startsIn = (file: string): ReadonlyMap<string, number> => {
  const starts = new Map<string, number>();
  for (const { taskId } of tallyOf(file)) starts.set(taskId, (starts.get(taskId) ?? 0) + 1);
  return starts;
};

/** The sum of a metric over all that a function has logged: CloudWatch reads the same lines. */
export const metricOf = (stack: Stack, functionName: string, metric: string): number =>
  logOf(stack, functionName)
    .filter((line) => line.includes('"_aws"'))
    .reduce((sum, line) => sum + Number(JSON.parse(line)[metric] ?? 0), 0);

const scanned = async (
  client: DynamoDBDocumentClient,
  input: { readonly TableName: string; readonly IndexName?: string },
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for await (const page of paginateScan({ client }, input)) rows.push(...(page.Items ?? []));
  // Items of versions and tools are beside the rows in the same table.
  return rows.filter(({ taskId }) => !String(taskId).startsWith('#'));
};

/** Every line that a function has logged, in all its processes. */
const logOf = (stack: Stack, functionName: string): readonly string[] => {
  const group = `/aws/lambda/${functionName}`;
  const streams = stack.logs.streams(group) ?? [];
  return streams.flatMap(({ name }) => linesIn(stack, group, name));
};

const linesIn = ({ logs }: Stack, group: string, stream: string): readonly string[] => {
  const lines: string[] = [];
  let from = 0;
  let more = true;
  while (more) {
    const page = logs.forward(group, stream, from);
    lines.push(...(page?.events ?? []).map(({ message }) => message));
    more = page !== undefined && page.end > from;
    from = page?.end ?? from;
  }
  return lines;
};
