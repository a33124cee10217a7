import { createHash } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { start } from '../cli/tasks.ts';

/** The digest of a body, as dispatch keeps it. */
export const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** A log of one page, the same for every stream. */
export const logOf =
  (lines: readonly string[]) =>
  ({ nextToken }: Readonly<Record<string, string>>) => ({
    events: nextToken ? [] : lines.map((message) => ({ timestamp: start, message })),
    nextForwardToken: 'end',
  });

/** An item of an index: a task that FAILED. */
export const taskRow = (over: Readonly<Record<string, string>>) =>
  marshall({
    taskId: 'film-42',
    phase: 'FAILED',
    tool: 'transcoder',
    run: 1,
    attempts: 0,
    tenant: 'default',
    createdAt: new Date(start).toISOString(),
    updatedAt: new Date(start).toISOString(),
    endedAt: new Date(start).toISOString(),
    ...over,
  });
