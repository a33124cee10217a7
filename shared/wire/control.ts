import * as v from 'valibot';
import type { ControlAnswer, ControlRequest } from '../core/control.ts';
import { listIn, wholeIn } from './bounded.ts';
import { counted, priorities } from './ranges.ts';
import { shown } from './shown.ts';

/** So many messages are confirmed well within the time of one invocation. */
export const mostSubmitted = 100;

const submitting = {
  taskId: v.string(),
  body: v.string(),
  priority: v.optional(wholeIn(priorities), 0),
};

const request = v.variant('ask', [
  v.strictObject({ ask: v.literal('submit'), ...submitting }),
  v.strictObject({
    ask: v.literal('submitMany'),
    tasks: listIn(v.strictObject(submitting), { least: 1, most: mostSubmitted }),
  }),
  v.strictObject({ ask: v.literal('backlog') }),
]);

const answer = v.variant('kind', [
  v.object({ kind: v.literal('submitted'), taskId: v.string() }),
  v.object({
    kind: v.literal('tasks'),
    tasks: v.array(
      v.object({
        taskId: v.string(),
        how: v.picklist(['done', 'refused', 'failed']),
        says: v.string(),
      }),
    ),
  }),
  v.object({ kind: v.literal('refused'), reason: v.string() }),
  v.object({ kind: v.literal('backlog'), ready: v.exactOptional(wholeIn(counted)) }),
  v.object({ kind: v.literal('failed'), why: v.string() }),
]);

/** Reads a request to `control`, or says what is wrong with it. */
export const controlRequestOf = (
  payload: unknown,
): ControlRequest | { readonly reason: string } => {
  const parsed = v.safeParse(request, payload);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  const at = where ? `"${where}" of the request` : 'the request';
  return {
    reason: `control expected ${issue.expected ?? 'something else'} as ${at}, but got ${shown(issue.input)}`,
  };
};

/** Reads an answer of `control`; undefined when this version of Davit does not know it. */
export const controlAnswerOf = (payload: unknown): ControlAnswer | undefined => {
  const parsed = v.safeParse(answer, payload);
  return parsed.success ? parsed.output : undefined;
};
