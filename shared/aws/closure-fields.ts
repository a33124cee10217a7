import type { Closure } from '../core/closure.ts';
import { present } from '../core/present.ts';
import { iso } from '../wire/stored-time.ts';

/** The attributes of a gate's item. */
export type Item = Readonly<
  Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>
>;

const optional = ['probeBy', 'probeUntil', 'openedAt', 'expiresAt'] as const;

/** The parts of an update expression that writes a closure, and its values. Operators read these attributes with any tool. */
export const closureFields = ({ probe, openedAt, ...closure }: Closure) => {
  const fields = present({
    closedSince: iso(closure.since),
    closedUntil: iso(closure.until),
    failures: closure.failures,
    reason: closure.why,
    revision: closure.revision,
    probeBy: probe?.by,
    probeUntil: probe && iso(probe.until),
    openedAt: openedAt === undefined ? undefined : iso(openedAt),
  });
  const given = Object.keys(fields);
  return {
    names: {
      set: given.map((name) => `${name} = :${name}`).join(', '),
      remove: optional.filter((name) => !given.includes(name)).join(', '),
    },
    values: Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
  };
};

/** The closure in an item. Undefined where there is none, or where it was edited so that it cannot be read: then it is open. */
export const closureIn = (item: Item): Closure | undefined => {
  const time = (name: string): number => Date.parse(item[name]?.S ?? '');
  const since = time('closedSince');
  const until = time('closedUntil');
  const failures = Number(item.failures?.N);
  const revision = Number(item.revision?.N);
  if (![since, until, failures, revision].every(Number.isFinite)) return undefined;
  const probeUntil = time('probeUntil');
  const openedAt = time('openedAt');
  const probeBy = item.probeBy?.S;
  return {
    since,
    until,
    failures,
    revision,
    why: item.reason?.S ?? '',
    ...present({
      openedAt: Number.isFinite(openedAt) ? openedAt : undefined,
      probe:
        probeBy !== undefined && Number.isFinite(probeUntil)
          ? { by: probeBy, until: probeUntil }
          : undefined,
    }),
  };
};
