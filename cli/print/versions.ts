import type { Refusal } from '../../shared/core/tool.ts';
import type { KnownVersion, ToolVersions } from '../tool-versions.ts';
import { type Column, table } from './table.ts';
import { oneLine, type Paint, painted, type Screen } from './text.ts';
import { momentOf } from './time.ts';

/** What a version is to its tool, in a few words. */
export const stateOf = (version: KnownVersion): string => {
  const { record } = version;
  const known = record?.provenAt === undefined ? 'registered' : 'proven';
  const words = [
    version.isLive ? 'live' : undefined,
    version.isPinned ? 'pinned' : undefined,
    version.refused === undefined ? undefined : 'refused',
    record?.broken === undefined ? undefined : 'broken',
    record && record.broken === undefined ? known : undefined,
  ];
  return words.filter((word) => word !== undefined).join(', ') || 'never registered';
};

const paintOf = (version: KnownVersion): Paint | undefined => {
  if (version.refused !== undefined || version.record?.broken !== undefined) return 'red';
  return version.isLive ? 'green' : undefined;
};

const columns: readonly Column<KnownVersion>[] = [
  { head: 'VERSION', of: (one) => one.version, cut: { at: 'middle', least: 9 } },
  { head: 'STATE', of: stateOf, paint: paintOf, cut: { at: 'end', least: 10 } },
  { head: 'RUNS NOW', of: (one) => String(one.runsNow), side: 'right' },
  {
    head: 'REGISTERED',
    of: (one) => (one.record ? momentOf(one.record.registeredAt) : '-'),
    spare: 1,
  },
  {
    head: 'WHAT',
    of: (one) => one.refused ?? one.record?.broken ?? '',
    cut: { at: 'end', least: 10 },
  },
];

const headOf = ({ tool, pinned, live }: ToolVersions, screen: Screen): string => {
  const says = live ? `live ${live}` : 'no live version: its tasks wait';
  const differs = pinned !== undefined && pinned !== live ? `, pinned ${pinned}` : '';
  return `${painted(screen, 'bold', tool)}  ${says}${differs || (pinned ? ', as pinned' : ', nothing is pinned')}`;
};

/** What `davit versions` prints of one tool. */
export const versionsLines = (of: ToolVersions, screen: Screen): readonly string[] => {
  const inner = screen.columns === undefined ? screen : { ...screen, columns: screen.columns - 2 };
  const lines = of.versions.length > 0 ? table(of.versions, columns, inner) : [];
  return [headOf(of, screen), ...[...remarks(of, screen), ...lines].map((line) => `  ${line}`)];
};

const remarks = ({ paused, refusal, unreadable }: ToolVersions, screen: Screen) => [
  ...(paused ? [painted(screen, 'yellow', `paused: ${oneLine(paused)}`)] : []),
  ...(unreadable ? [painted(screen, 'red', oneLine(unreadable))] : []),
  ...(refusal ? [painted(screen, 'red', refusalOf(refusal))] : []),
];

const refusalOf = ({ version, at, why }: Refusal): string =>
  `refused ${oneLine(version)} at ${momentOf(at)}: ${oneLine(why)}`;
