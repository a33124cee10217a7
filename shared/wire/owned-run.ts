import * as v from 'valibot';
import type { OwnedRun } from '../core/spoken-notice.ts';
import { textIn, wholeIn } from './bounded.ts';
import { counted, lengths } from './ranges.ts';

const ownedRunSchema = v.object({
  ownerTaskId: textIn(lengths.name),
  run: wholeIn(counted),
  ecsTaskArn: textIn(lengths.arn),
});

/** Reads whose an ECS task is from its item. Undefined for an item that this version cannot read: ECS is asked then. */
export const ownedRunOf = (fields: Readonly<Record<string, unknown>>): OwnedRun | undefined => {
  const parsed = v.safeParse(ownedRunSchema, fields);
  if (!parsed.success) return undefined;
  const { ownerTaskId: taskId, run, ecsTaskArn } = parsed.output;
  return { taskId, run, ecsTaskArn };
};
