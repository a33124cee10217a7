import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';

/** The tool that a command is about; undefined for --all. Exactly one of the two must be given. */
export const toolOrAll = (
  { tool, all }: { readonly tool?: string | undefined; readonly all?: boolean | undefined },
  name: string,
): string | undefined => {
  if (all === true && tool === undefined) return undefined;
  if (all !== true && tool !== undefined && /^[\w.-]+$/.test(tool)) return tool;
  throw new CommandError(
    codes.usage,
    `Nothing was changed: name one tool, or --all for every tool: \`davit ${name} <tool>\` or \`davit ${name} --all\`.`,
  );
};
