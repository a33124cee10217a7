import type { Pins } from '../../shared/aws/pins.ts';
import { isVersion, versionRule } from '../../shared/core/version.ts';
import { shown } from '../../shared/wire/shown.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { type Code, codes } from '../codes.ts';
import { command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { type Context, pauseMs, pinsAt } from '../context.ts';
import { noSuchTool } from '../no-such-tool.ts';
import { type PinState, pinStateOf } from '../pin-state.ts';
import { withFullStop } from '../print/with-full-stop.ts';
import { readTool } from '../read-tool.ts';
import { runUntilStopped } from '../run-until-stopped.ts';
import { wholeNumber } from '../whole-number.ts';

// Release checks all pins every five minutes, so it answers even when the event of the pin was lost.
const usualTimeoutS = 360;

/** `davit pin`: writes the pin, and waits until it is live or refused. */
export const pin = command({
  name: 'pin',
  args: {
    tool: { type: 'positional', required: true, description: 'The tool' },
    version: { type: 'positional', required: true, description: 'The version: a tag of its image' },
    wait: {
      type: 'boolean',
      default: true,
      description: 'Wait until it is live, or print why it is not',
      negativeDescription: 'Only write the pin',
    },
    timeout: {
      type: 'string',
      description: `The maximum time to wait, in seconds (${usualTimeoutS})`,
      valueHint: 'seconds',
    },
  },
  notes: [
    'It does the same as `aws ssm put-parameter --overwrite` on the parameter `version` of the tool. Running tasks keep',
    'their version, also when the pin is refused. To try again, pin again, even the same version.',
    '--json prints {"tool", "version", "pinVersion", "state": "live", "refused", "overtaken" or "pinned", "why": a text or null}.',
  ],
  codes: [codes.notFound, codes.notLive, codes.interrupted],
  run: async (args, context) => {
    const { tool, version } = args;
    checkVersion(version);
    const timeoutS =
      wholeNumber('--timeout', args.timeout, { least: 1, most: 86_400 }) ?? usualTimeoutS;
    const pins = pinsAt(context);
    await checkToolExists(pins, tool, context);
    const pinVersion = await pins.pin(tool, version);
    const report = (state: PinState): Code =>
      reportState(state, { tool, version, pinVersion }, args.json, context);
    if (!args.wait) return report({ state: 'pinned' });
    if (!args.json)
      context.remark(`${tool} ${version} is pinned. Release now checks that it can run.`);
    const answer = await runUntilStopped(context, async () => {
      for (const until = context.now() + timeoutS * 1_000; context.now() < until; ) {
        if (context.signal.aborted) return undefined;
        const found = pinStateOf({ version, pinVersion }, await pins.one(tool));
        if (found) return found;
        await context.wait(pauseMs(context));
      }
      return undefined;
    });
    if (answer) return report(answer);
    if (!context.signal.aborted) throw noAnswer(tool, version, timeoutS);
    context.remark(`Stopped waiting. The pin stays: see \`davit versions ${tool}\`.`);
    return codes.interrupted;
  },
});

/** Throws for a version that release would refuse, so that it does not replace a good pin. */
const checkVersion = (version: string): void => {
  if (isVersion(version)) return;
  throw new CommandError(codes.usage, `Nothing was pinned: ${versionRule}, not ${shown(version)}.`);
};

const checkToolExists = async (pins: Pins, tool: string, context: Context): Promise<void> => {
  const found = await readTool(tool, context);
  if (found?.specVersion !== undefined) return;
  throw new CommandError(codes.notFound, noSuchTool(tool, await pins.all(), context));
};

const reportState = (
  answer: PinState,
  pinned: { readonly tool: string; readonly version: string; readonly pinVersion: number },
  json: boolean | undefined,
  context: Context,
): Code => {
  const code = answer.state === 'live' || answer.state === 'pinned' ? codes.done : codes.notLive;
  if (json) context.print(visibleJson({ ...pinned, ...answer, why: answer.why ?? null }));
  else if (code === codes.done)
    context.print(`${pinned.tool} ${pinned.version} is ${answer.state}.`);
  else
    throw new CommandError(
      code,
      `${pinned.tool} ${pinned.version} did not become live: ${withFullStop(answer.why ?? answer.state)}`,
    );
  return code;
};

const noAnswer = (tool: string, version: string, timeoutS: number): CommandError =>
  new CommandError(
    codes.notLive,
    `After ${timeoutS} s ${tool} ${version} is neither live nor refused. The pin stays. See \`davit versions ${tool}\`, and the log of the function release.`,
  );
