import { visibleJson } from '../../shared/wire/visible.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { pinsAt } from '../context.ts';
import { noSuchTool } from '../no-such-tool.ts';
import { toolOrAll } from '../tool-or-all.ts';

// The row of every waiting task quotes it.
const longestWhy = 500;

/** `davit pause`: no task of a tool, or of any tool, is launched until `davit resume`. */
export const pause = command({
  name: 'pause',
  args: {
    tool: { type: 'positional', required: false, description: 'The tool' },
    all: { type: 'boolean', description: 'Every tool of the stage' },
    why: { type: 'string', description: 'Why, for everybody who waits', valueHint: 'sentence' },
  },
  notes: [
    'It does the same as `aws ssm put-parameter --overwrite` on the parameter `paused` of the tool, or `/davit/<stage>/paused`',
    'for --all. It takes effect within seconds. Running tasks go on; new ones wait, at most for their `startWithin`.',
    '--json prints {"tool": a text or null, "paused": the sentence}.',
  ],
  codes: [codes.notFound],
  run: async (args, context) => {
    const tool = toolOrAll(args, 'pause');
    const why = whyIn(args.why);
    const pins = pinsAt(context);
    if (tool !== undefined) {
      const tools = await pins.all();
      const found = tools.find((one) => one.tool === tool);
      if (found?.specVersion === undefined && found?.live === undefined)
        throw new CommandError(codes.notFound, noSuchTool(tool, tools, context));
    }
    await pins.pause(tool, why);
    if (args.json) context.print(visibleJson({ tool: tool ?? null, paused: why }));
    else context.print(`${tool ?? 'Every tool'} is paused: ${why}`);
    return codes.done;
  },
});

const whyIn = (why: string | undefined): string => {
  const sentence = why?.trim() ?? '';
  if (sentence !== '' && sentence.length <= longestWhy) return sentence;
  throw new CommandError(
    codes.usage,
    `Nothing was paused: --why must be a sentence of 1 to ${longestWhy} characters, which says to all who wait why that is so.`,
  );
};
