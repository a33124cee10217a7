import type { LogLine } from '../shared/aws/logs.ts';
import { iso } from '../shared/wire/stored-time.ts';
import { visible, visibleJson } from '../shared/wire/visible.ts';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import type { Context } from './context.ts';

/** Prints one line of a log. */
export type WriteLine = (taskId: string, run: number, line: LogLine) => void;

/** How `davit logs` prints lines: as JSON, unchanged, or safe for a terminal. Throws where the options exclude each other. */
export const logWriter = (
  { json, raw }: { readonly json?: boolean | undefined; readonly raw?: boolean | undefined },
  { print, printRaw }: Context,
): WriteLine => {
  if (json && raw) throw new CommandError(codes.usage, jsonAndRaw);
  if (json)
    return (taskId, run, { at, text }) =>
      print(visibleJson({ taskId, run, at: iso(at), message: text }));
  if (!raw) return (_taskId, _run, { text }) => print(visible(text));
  if (!printRaw) throw new CommandError(codes.usage, rawOnTerminal);
  return (_taskId, _run, { text }) => printRaw(text);
};

const jsonAndRaw = '--json escapes characters that --raw prints unchanged: leave one of them out.';

const rawOnTerminal =
  '--raw would let the tool control this terminal: pipe it (`| less`, `> file`), or leave --raw out.';
