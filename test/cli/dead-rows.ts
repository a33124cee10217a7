import { marshall } from '@aws-sdk/util-dynamodb';
import { start } from './tasks.ts';

const iso = new Date(start).toISOString();

/** A row of the index by phase that is FAILED with `exit 64`, unless something else is said. */
export const deadRow = (
  taskId: string,
  over: Readonly<Partial<Record<'phase' | 'tool' | 'reason', string>>> & { readonly run?: number },
) => ({
  taskId,
  phase: 'FAILED',
  tool: 'transcoder',
  reason: 'exit 64',
  run: 1,
  attempts: 1,
  tenant: 'default',
  createdAt: iso,
  updatedAt: iso,
  endedAt: iso,
  ...over,
});

/** Answers a query of the index by phase, perhaps with a tool. */
export const deadIndex = (rows: readonly ReturnType<typeof deadRow>[]) => ({
  Query: (input: {
    readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S: string }>>;
  }) => {
    const [phase, tool] = [':phase', ':tool'].map(
      (name) => input.ExpressionAttributeValues?.[name]?.S,
    );
    const found = rows.filter(
      (row) => row.phase === phase && (tool === undefined || row.tool === tool),
    );
    return { Items: found.map((row) => marshall(row)) };
  },
});
