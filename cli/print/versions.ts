import type { VersionRecord } from '../../shared/core/release.ts';
import type { Refusal } from '../../shared/core/tool.ts';
import { visibleLine } from '../../shared/wire/visible.ts';
import type { KnownVersion, ToolVersions } from '../tool-versions.ts';
import { type Column, mostCellColumns, table } from './table.ts';
import { columnsOf, type Paint, painted, type Screen, truncated } from './text.ts';
import { momentOf } from './time.ts';
import { indent, wrap } from './wrap.ts';

/** What `davit versions` prints for one tool. */
export const versionsLines = (of: ToolVersions, screen: Screen): readonly string[] => {
  const inner = screen.columns === undefined ? screen : { ...screen, columns: screen.columns - 2 };
  const lines = of.versions.length > 0 ? table(of.versions, columnsFor(of.versions), inner) : [];
  return [...headOf(of, screen), ...remarks(of, screen), ...lines.map((line) => `  ${line}`)];
};

const brokenWhy: Column<KnownVersion> = {
  head: 'WHY',
  of: (one) => one.record?.broken ?? '',
  cut: { at: 'end', least: 10 },
};

const columnsFor = (versions: readonly KnownVersion[]): readonly Column<KnownVersion>[] => [
  { head: 'VERSION', of: (one) => one.version, cut: { at: 'middle', least: 9 } },
  { head: 'STATE', of: stateOf, paint: paintOf, cut: { at: 'end', least: 10 } },
  { head: 'RUNS NOW', of: (one) => String(one.runsNow), side: 'right' },
  {
    head: 'REGISTERED',
    of: (one) => (one.record ? momentOf(one.record.registeredAt) : '-'),
    spare: 1,
  },
  ...(versions.some((one) => one.record?.broken) ? [brokenWhy] : []),
];

/** The state of a version, in a few words. */
const stateOf = (version: KnownVersion): string => {
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

const headOf = ({ tool, pinned, live }: ToolVersions, screen: Screen): readonly string[] => {
  const name = visibleLine(tool);
  const pin = pinned === undefined ? 'nothing is pinned' : `pinned ${shown(pinned)}`;
  const state = live
    ? `live ${shown(live)}, ${pinned === live ? 'as pinned' : pin}`
    : `${pin}; tasks wait, because no version is live`;
  const first = `${painted(screen, 'bold', name)}  `;
  return wrap(state, { ...indent(2), first, width: columnsOf(name) + 2 }, screen);
};

/** A pin may be a text of any length. */
const shown = (version: string): string =>
  truncated(visibleLine(version), mostCellColumns, 'middle');

const remarks = ({ paused, refusal, unreadable, versions }: ToolVersions, screen: Screen) => {
  const lines = (text: string, paint?: Paint): readonly string[] =>
    wrap(visibleLine(text), indent(2), screen).map((row) => painted(screen, paint, row));
  return [
    ...(paused ? lines(`paused: ${paused}`, 'yellow') : []),
    ...(unreadable ? lines(unreadable, 'red') : []),
    ...(refusal ? lines(refusalOf(refusal), 'red') : []),
    ...versions.flatMap(({ record }) =>
      record?.movedFrom ? lines(moveOf(record, record.movedFrom)) : [],
    ),
  ];
};

const refusalOf = ({ version, at, why, isBroken }: Refusal): string =>
  isBroken
    ? `${shown(version)} is broken since ${momentOf(at)}, and an earlier version is live again: ${why}`
    : `refused ${shown(version)} at ${momentOf(at)}: ${why}`;

const moveOf = (
  { version, imageDigest = '' }: VersionRecord,
  { imageDigest: before, at }: NonNullable<VersionRecord['movedFrom']>,
): string =>
  `${version} was released again at ${momentOf(at)}: its tag now names ${shortDigest(imageDigest)}, before ${shortDigest(before)}; tasks that started earlier keep the old image`;

const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);
