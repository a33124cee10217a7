import type { PinnedTool } from '../../shared/aws/pins.ts';
import { isVersion } from '../../shared/core/version.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { chosenTools } from '../chosen-tools.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, pinsAt, tableOf } from '../context.ts';
import { versionsLines } from '../print/versions.ts';
import { type KnownVersion, type ToolVersions, toolVersionsOf } from '../tool-versions.ts';

/** `davit versions`: which version is pinned, which is live, and the state of every other one. */
export const versions = command({
  name: 'versions',
  args: { tool: { type: 'positional', required: false, description: 'Only this tool' } },
  notes: [
    '--json prints {"tools": [{"tool", "pinned", "live", "paused", "refusal", "unreadable", "versions": [...]}]}.',
    'A key without a value is null, and times are ISO.',
  ],
  codes: [codes.notFound],
  run: async (args, context) => {
    const found = await versionsOf(await chosenTools(args.tool, context), context);
    if (args.json) context.print(visibleJson({ tools: found.map(plain) }, 2));
    else if (found.length === 0)
      context.print(`There are no tools in ${context.deployment.description}.`);
    else {
      found.forEach((of, index) => {
        if (index > 0) context.print('');
        for (const line of versionsLines(of, context.screen)) context.print(line);
      });
    }
    return codes.done;
  },
});

const versionsOf = async (
  tools: readonly PinnedTool[],
  context: Context,
): Promise<readonly ToolVersions[]> => {
  const pins = pinsAt(context);
  const table = tableOf(context);
  const current = await table.current();
  return await Promise.all(
    tools.map(async (tool) => {
      const history = await pins.history(tool.tool);
      const names = toolVersionsOf(tool, { history, records: [], current }).versions;
      const records = await table.versions(
        tool.tool,
        names.map((one) => one.version).filter(isVersion),
      );
      return toolVersionsOf(tool, { history, records, current });
    }),
  );
};

const plain = (of: ToolVersions): object => ({
  tool: of.tool,
  pinned: of.pinned ?? null,
  live: of.live ?? null,
  paused: of.paused ?? null,
  refusal: of.refusal
    ? { ...of.refusal, at: iso(of.refusal.at), isBroken: of.refusal.isBroken === true }
    : null,
  unreadable: of.unreadable ?? null,
  versions: of.versions.map(plainVersion),
});

const plainVersion = ({ record, refused, ...of }: KnownVersion): object => ({
  ...of,
  refused: refused ?? null,
  imageDigest: record?.imageDigest ?? null,
  movedFrom: record?.movedFrom ? { ...record.movedFrom, at: iso(record.movedFrom.at) } : null,
  definitions: record?.definitions ?? null,
  registeredAt: record ? iso(record.registeredAt) : null,
  provenAt: record?.provenAt === undefined ? null : iso(record.provenAt),
  broken: record?.broken ?? null,
});
