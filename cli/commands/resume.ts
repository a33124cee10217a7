import { visibleJson } from '../../shared/wire/visible.ts';
import { chosenTools } from '../chosen-tools.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { pinsAt } from '../context.ts';
import { toolOrAll } from '../tool-or-all.ts';

/** `davit resume`: ends the pause of a tool, or of all. */
export const resume = command({
  name: 'resume',
  args: {
    tool: { type: 'positional', required: false, description: 'The tool' },
    all: { type: 'boolean', description: 'End the pause of the whole stage' },
  },
  notes: [
    'It does the same as `aws ssm delete-parameter` on the parameter `paused`. Up to 100 of the tasks that waited start again',
    'within seconds, the others with the next sweeps: one a minute, at most 1,200 tasks each, tenants in turn. A tool that was',
    'paused by itself stays paused after `resume --all`.',
    '--json prints {"tool": a text or null, "wasPaused": true or false}.',
  ],
  codes: [codes.notFound],
  run: async (args, context) => {
    const tool = toolOrAll(args, 'resume');
    // A tool that was removed may still be paused: its parameter is in SSM until somebody deletes it.
    if (tool !== undefined) await chosenTools(tool, context);
    const wasPaused = await pinsAt(context).resume(tool);
    if (args.json) context.print(visibleJson({ tool: tool ?? null, wasPaused }));
    else context.print(sentenceOf(tool, wasPaused));
    return codes.done;
  },
});

const sentenceOf = (tool: string | undefined, wasPaused: boolean): string => {
  if (tool === undefined)
    return wasPaused ? 'The stage is resumed.' : 'The stage was not paused: nothing was changed.';
  return wasPaused ? `${tool} is resumed.` : `${tool} was not paused: nothing was changed.`;
};
