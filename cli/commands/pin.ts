import type { Pins } from '../../shared/aws/pins.ts';
import { isVersion, versionRule } from '../../shared/core/version.ts';
import { shown } from '../../shared/wire/shown.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { type Code, codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, pauseMs, pinsAt } from '../context.ts';
import { unlessStopped } from '../follow.ts';
import { noSuchTool, toolNamed } from '../no-such-tool.ts';
import { wholeNumber } from '../numbers.ts';
import { type PinState, pinStateOf } from '../pin-state.ts';
import { withStop } from '../print/with-stop.ts';
import { Trouble } from '../trouble.ts';

/** How long --wait waits unasked: release looks at every pin each five minutes, also when its event was lost. */
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
      description: 'Wait until it is live, or say why not',
      negativeDescription: 'Only write the pin',
    },
    timeout: {
      type: 'string',
      description: `Seconds to wait at the most (${usualTimeoutS})`,
      valueHint: 'seconds',
    },
  },
  notes: [
    'It is the same as `aws ssm put-parameter --overwrite` on the parameter `version` of the tool. Running tasks keep',
    'their version; a refused pin changes nothing that runs. Pinning again, also the same version, tries again.',
    '--json prints {"tool", "version", "pinVersion", "state": "live", "refused", "overtaken" or "pinned", "why": a text or null}.',
  ],
  codes: [codes.unknown, codes.notLive, codes.stopped],
  run: async (args, stand) => {
    const { tool, version } = args;
    checkVersion(version);
    const timeoutS =
      wholeNumber('--timeout', args.timeout, { least: 1, most: 86_400 }) ?? usualTimeoutS;
    const pins = pinsAt(stand);
    await checkTool(pins, tool, stand);
    const pinVersion = await pins.pin(tool, version);
    const tell = (proof: PinState): Code =>
      told(proof, { tool, version, pinVersion }, args.json, stand);
    if (!args.wait) return tell({ state: 'pinned' });
    if (!args.json) stand.remark(`${tool} ${version} is pinned; release looks whether it can run.`);
    const proof = await unlessStopped(stand, async () => {
      for (const until = stand.now() + timeoutS * 1_000; stand.now() < until; ) {
        if (stand.signal.aborted) return undefined;
        const found = pinStateOf({ version, pinVersion }, await pins.one(tool));
        if (found) return found;
        await stand.wait(pauseMs(stand));
      }
      return undefined;
    });
    if (proof) return tell(proof);
    if (!stand.signal.aborted) throw undecided(tool, version, timeoutS);
    stand.remark(`Stopped waiting. The pin stays: see \`davit versions ${tool}\`.`);
    return codes.stopped;
  },
});

/** What release would refuse anyway is not written over a good pin. */
const checkVersion = (version: string): void => {
  if (isVersion(version)) return;
  throw new Trouble(codes.usage, `Nothing was pinned: ${versionRule}, not ${shown(version)}.`);
};

const checkTool = async (pins: Pins, tool: string, stand: Context): Promise<void> => {
  const found = await toolNamed(tool, stand);
  if (found?.specVersion !== undefined) return;
  throw new Trouble(codes.unknown, noSuchTool(tool, await pins.all(), stand));
};

const told = (
  proof: PinState,
  pinned: { readonly tool: string; readonly version: string; readonly pinVersion: number },
  json: boolean | undefined,
  stand: Context,
): Code => {
  const code = proof.state === 'live' || proof.state === 'pinned' ? codes.done : codes.notLive;
  if (json) stand.out(visibleJson({ ...pinned, ...proof, why: proof.why ?? null }));
  else if (code === codes.done) stand.out(`${pinned.tool} ${pinned.version} is ${proof.state}.`);
  else
    throw new Trouble(
      code,
      `${pinned.tool} ${pinned.version} did not become live: ${withStop(proof.why ?? proof.state)}`,
    );
  return code;
};

const undecided = (tool: string, version: string, timeoutS: number): Trouble =>
  new Trouble(
    codes.notLive,
    `After ${timeoutS} s ${tool} ${version} is neither live nor refused. The pin stays: see \`davit versions ${tool}\` and the log of the function release.`,
  );
