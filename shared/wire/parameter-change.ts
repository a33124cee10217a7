import * as v from 'valibot';
import type { ParameterChange } from '../core/parameter-change.ts';

const changeEvent = v.object({
  source: v.literal('aws.ssm'),
  detail: v.object({ name: v.string() }),
});

/**
 * The change that an event of Parameter Store reports: it has the name, and neither the value nor the version (Systems Manager
 * guide, Monitoring with EventBridge). Undefined for any other event.
 */
export const parameterChangeOf = (event: unknown): ParameterChange | undefined => {
  const parsed = v.safeParse(changeEvent, event);
  if (!parsed.success) return undefined;
  const { name } = parsed.output.detail;
  const { tool } =
    /^[/]davit[/][^/]+[/]tools[/](?<tool>[^/]+)[/](?:live|paused)$/.exec(name)?.groups ?? {};
  if (tool !== undefined) return { kind: 'tool', tool };
  return { kind: /^[/]davit[/][^/]+[/]paused$/.test(name) ? 'all' : 'other' };
};
