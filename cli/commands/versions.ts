import type { PinnedTool } from '../../shared/aws/pins.ts';
import { isVersion } from '../../shared/core/version.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import { visibleJson } from '../../shared/wire/visible.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, pinsAt, tableOf } from '../context.ts';
import { noSuchTool } from '../no-such-tool.ts';
import { versionsLines } from '../print/versions.ts';
import { type KnownVersion, type ToolVersions, toolVersionsOf } from '../tool-versions.ts';
import { Trouble } from '../trouble.ts';

/** `davit versions`: what is pinned, what is live, and what became of every other version. */
export const versions = command({
  name: 'versions',
  args: { tool: { type: 'positional', required: false, description: 'Only this tool' } },
  notes: [
    '--json prints {"tools": [{"tool", "pinned", "live", "paused", "refusal", "unreadable", "versions": [...]}]};',
    'a key without a value is null, and times are ISO.',
  ],
  codes: [codes.unknown],
  run: async (args, stand) => {
    const all = await pinsAt(stand).all();
    const tools = args.tool === undefined ? all : all.filter((one) => one.tool === args.tool);
    if (args.tool !== undefined && tools.length === 0) {
      throw new Trouble(codes.unknown, noSuchTool(args.tool, all, stand));
    }
    const found = await versionsOf(tools, stand);
    if (args.json) stand.out(visibleJson({ tools: found.map(plain) }, 2));
    else if (found.length === 0) stand.out(`There are no tools in ${stand.place.called}.`);
    else {
      found.forEach((of, index) => {
        if (index > 0) stand.out('');
        for (const line of versionsLines(of, stand.screen)) stand.out(line);
      });
    }
    return codes.done;
  },
});

const versionsOf = async (
  tools: readonly PinnedTool[],
  stand: Context,
): Promise<readonly ToolVersions[]> => {
  const pins = pinsAt(stand);
  const table = tableOf(stand);
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
  refusal: of.refusal ? { ...of.refusal, at: iso(of.refusal.at) } : null,
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
