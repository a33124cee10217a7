import { type DefinitionSite, definitionDigestOf } from '../../shared/aws/definition-call.ts';
import type { BadPin, Pin } from '../../shared/core/release.ts';
import type { HostKind, Live, ToolSpec, UnregisteredRelease } from '../../shared/core/tool.ts';
import type { Releases } from '../../shared/ports/releases.ts';
import { definitionSite } from '../kit/site.ts';
import { memoryVersions } from './versions.ts';

/** The sources of `release` as maps. A test writes specs, pins and images. */
export interface MemoryReleases extends Releases {
  readonly setSpec: (tool: string, spec: ToolSpec | { readonly fault: string }) => void;
  readonly pin: (tool: string, version: string) => void;
  /** Deletes the pin. When it is written again, its versions count from 1. */
  readonly unpin: (tool: string) => void;
  readonly push: (image: string, version: string, digest: string) => void;
  /** Deploys with other roles, or another registry. */
  readonly redeploy: (site: Partial<DefinitionSite>) => void;
  /** ECS refuses to register this tool's versions from now on. */
  readonly refuse: (tool: string, why: string) => void;
  readonly live: (tool: string) => Live | undefined;
  readonly registered: readonly {
    readonly tool: string;
    readonly version: string;
    readonly kind: HostKind;
  }[];
}

interface Parameters {
  changedAt: number;
  spec?: ToolSpec | { readonly fault: string };
  specVersion: number;
  version?: string;
  pinnedAt?: number;
  pinVersion: number;
  live?: Live;
}

interface Claim {
  readonly settled?: Pick<Pin, 'pinVersion' | 'specVersion' | 'changedAt'>;
  readonly claimed?: { readonly name: string; readonly until: number };
}

interface Options {
  /** Registers a definition; that of the memory runs, when runs are launched too. */
  readonly register?: (release: UnregisteredRelease, kind: HostKind) => string;
}

const claimMs = 60_000;

/** Begins without tools. */
export const memoryReleases = ({ register = arnOf }: Options = {}): MemoryReleases => {
  const tools = new Map<string, Parameters>();
  const claims = new Map<string, Claim>();
  const images = new Map<string, string>();
  const refused = new Map<string, string>();
  const versions = memoryVersions();
  const registered: { tool: string; version: string; kind: HostKind }[] = [];

  let site = definitionSite;
  let writes = 0;
  const changed = (): number => {
    writes += 1;
    return writes;
  };

  const parametersOf = (tool: string): Parameters => {
    const known = tools.get(tool) ?? { changedAt: 0, specVersion: 0, pinVersion: 0 };
    tools.set(tool, known);
    return known;
  };

  const isNewest = (pin: Pin): boolean => {
    const { settled } = claims.get(pin.tool) ?? {};
    if (!settled || settled.changedAt < pin.changedAt) return true;
    return (
      settled.changedAt === pin.changedAt &&
      settled.pinVersion <= pin.pinVersion &&
      settled.specVersion <= pin.specVersion
    );
  };

  return {
    setSpec: (tool, spec) => {
      const known = parametersOf(tool);
      known.spec = spec;
      known.specVersion += 1;
      known.changedAt = changed();
    },
    pin: (tool, version) => {
      const known = parametersOf(tool);
      known.version = version;
      known.pinVersion += 1;
      known.changedAt = changed();
      known.pinnedAt = known.changedAt;
    },
    unpin: (tool) => {
      const known = parametersOf(tool);
      delete known.version;
      known.pinVersion = 0;
    },
    push: (image, version, digest) => void images.set(`${image}:${version}`, digest),
    redeploy: (changed) => {
      site = { ...site, ...changed };
    },
    refuse: (tool, why) => void refused.set(tool, why),
    live: (tool) => tools.get(tool)?.live,
    registered,
    pins: async () => {
      const read = [...tools].flatMap(([tool, known]) => pinOf(tool, known));
      return {
        pins: read.filter((one): one is Pin => 'spec' in one),
        bad: read.filter((one): one is BadPin => 'why' in one),
      };
    },
    claim: async (pin, now) => {
      const known = claims.get(pin.tool) ?? {};
      if (!isNewest(pin) || (known.claimed && known.claimed.until > now)) return false;
      claims.set(pin.tool, { ...known, claimed: { name: nameOf(pin), until: now + claimMs } });
      return true;
    },
    closeClaim: async (pin) => {
      if (!isNewest(pin) || claims.get(pin.tool)?.claimed?.name !== nameOf(pin)) return;
      const { pinVersion, specVersion, changedAt } = pin;
      claims.set(pin.tool, { settled: { pinVersion, specVersion, changedAt } });
    },
    imageDigest: async (image, version) => images.get(`${image}:${version}`),
    definitionDigest: (release) => definitionDigestOf(site, release),
    register: async (release, kind) => {
      const why = refused.get(release.tool);
      if (why !== undefined) return { refused: why };
      registered.push({ tool: release.tool, version: release.version, kind });
      return { arn: register(release, kind) };
    },
    ...versions,
    saveLive: async (tool, live) => {
      parametersOf(tool).live = structuredClone(live);
    },
  };
};

const arnOf = ({ tool, version }: UnregisteredRelease, kind: HostKind): string =>
  `arn:aws:ecs:eu-central-1:123456789012:task-definition/davit_test_${tool}_${version.replaceAll('.', '_')}_${kind}:1`;

const pinOf = (tool: string, known: Parameters): readonly (Pin | BadPin)[] => {
  const { spec, specVersion, version, pinVersion, changedAt, live } = known;
  if (!spec) return version ? [{ tool, why: `${tool} is pinned, but has no spec` }] : [];
  if ('fault' in spec) return [{ tool, why: spec.fault }];
  return [
    {
      tool,
      spec,
      specVersion,
      pinVersion,
      changedAt,
      ...(version === undefined ? {} : { version, pinnedAt: known.pinnedAt ?? 0 }),
      ...(live ? { live: structuredClone(live) } : {}),
    },
  ];
};

const nameOf = ({ pinVersion, specVersion, changedAt }: Pin): string =>
  `${pinVersion}/${specVersion}/${changedAt}`;
