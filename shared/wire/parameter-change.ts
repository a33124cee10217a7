import * as v from 'valibot';

/** A change of a parameter, by what may be launched since: nothing new, the tasks of one tool, or those of all. */
type ParameterChange =
  | { readonly kind: 'other' | 'all' }
  | { readonly kind: 'tool'; readonly tool: string };

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
