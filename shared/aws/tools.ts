import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { errorMessage } from '../core/error-message.ts';
import { present } from '../core/present.ts';
import { toolKnownMs } from '../core/times.ts';
import type { Live, Release, ToolState, VersionState } from '../core/tool.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import type { Versions } from '../ports/versions.ts';
import type { LogUnreadable, Tools } from '../ports.ts';
import { liveOf } from '../wire/live.ts';
import { specOf } from '../wire/spec.ts';
import { stageLimitOf } from '../wire/stage-limit.ts';
import { allPausedIn, stageLimitIn } from './all-paused.ts';
import { callOptionsOf } from './call-options.ts';

/** The last answers, by tool. It lives longer than one invocation, so the caller makes it once and passes it in. */
export type ToolsCache = Map<
  string,
  { readonly until: number; readonly state: Promise<ToolState> }
>;

interface Options {
  readonly client: SSMClient;
  /** `/davit/<stage>/tools`. */
  readonly prefix: string;
  readonly readVersion: Versions['readVersion'];
  readonly now: () => number;
  readonly logUnreadable?: LogUnreadable;
  readonly cache?: ToolsCache;
  readonly cacheMs?: number;
  readonly signal?: AbortSignal;
}

// The characters of one level of a parameter's name (SSM). For any other name, SSM would answer an error.
const possibleName = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * Reads tools from SSM, each at most once in five seconds: a batch of a hundred tasks calls SSM once (40 calls a second for the
 * whole account). It never throws: a failure is the answer `unreadable`.
 */
export const ssmTools = (options: Options): Tools => {
  const { client, prefix, readVersion, now, signal } = options;
  const { cache = new Map(), cacheMs = toolKnownMs, logUnreadable = () => {} } = options;
  const callOptions = callOptionsOf(signal);

  const ask = async (tool: string): Promise<ToolState> => {
    const ofTool = ['live', 'spec', 'paused'].map((name) => `${prefix}/${tool}/${name}`);
    const names = [...ofTool, allPausedIn(prefix), stageLimitIn(prefix)];
    try {
      const answer = await client.send(new GetParametersCommand({ Names: names }), callOptions);
      const values = new Map((answer.Parameters ?? []).map(({ Name, Value }) => [Name, Value]));
      const [live, spec, paused, allPaused, limit] = names.map((name) => values.get(name));
      const state = stateOf({ tool, logUnreadable }, { live, spec, paused, allPaused, limit });
      return await withBroken(state, brokenOf);
    } catch (error) {
      return {
        kind: 'unreadable',
        why: `The parameters of ${tool} could not be read from SSM: ${errorMessage(error)}`,
      };
    }
  };

  /** Undefined also where the record cannot be read: then tasks are launched as if there were none. */
  const brokenOf = async ({ tool, version }: Release): Promise<string | undefined> => {
    try {
      return (await readVersion(tool, version))?.broken;
    } catch {
      return undefined;
    }
  };

  const forgetUnlessKnown = async (tool: string, asked: Promise<ToolState>): Promise<void> => {
    const state = await asked;
    // Cache only `known`: a cached `unknown` would reject tasks permanently, and a cached `unreadable` would delay them for minutes.
    if (state.kind !== 'known' && cache.get(tool)?.state === asked) cache.delete(tool);
  };

  return {
    find: async (tool) => {
      if (!possibleName.test(tool)) return { kind: 'unknown' };
      const kept = cache.get(tool);
      if (kept && kept.until > now()) return kept.state;
      const asked = ask(tool);
      cache.set(tool, { until: now() + cacheMs, state: asked });
      await forgetUnlessKnown(tool, asked);
      return asked;
    },
    version: async (tool, version): Promise<VersionState> => {
      try {
        const record = await readVersion(tool, version);
        if (!record) return { kind: 'unregistered' };
        if (record.broken !== undefined) return { kind: 'broken', why: record.broken };
        const { definitions, imageDigest, spec } = record;
        const release = { tool, version, definitions, ...present({ imageDigest }), spec };
        return { kind: 'registered', release };
      } catch (error) {
        const why = errorMessage(error);
        if (error instanceof UnreadableRow) logUnreadable('version.unreadable', { tool, why });
        return { kind: 'unreadable', why };
      }
    },
  };
};

/** The tool whose parameters are read, and how to log one that cannot be read. */
interface Reading {
  readonly tool: string;
  readonly logUnreadable: LogUnreadable;
}

interface Values {
  readonly live: string | undefined;
  readonly spec: string | undefined;
  readonly paused: string | undefined;
  readonly allPaused: string | undefined;
  /** The limit of the stage. */
  readonly limit: string | undefined;
}

const withBroken = async (
  state: ToolState,
  brokenOf: (live: Release) => Promise<string | undefined>,
): Promise<ToolState> => {
  if (state.kind !== 'known' || state.live === undefined) return state;
  return { ...state, ...present({ broken: await brokenOf(state.live) }) };
};

/** `unknown` only when SSM has neither a spec nor a live record: every deployed tool has one of the two. */
const stateOf = (reading: Reading, { live, spec, paused, allPaused, limit }: Values): ToolState => {
  if (live === undefined && spec === undefined)
    return { kind: 'unknown', ...(limit === undefined ? {} : { hasStageLimit: true }) };
  const record = liveIn(reading, live);
  if ('fault' in record) return { kind: 'unreadable', why: record.fault };
  const described = specIn(reading, { spec, release: record.release });
  if ('fault' in described) return { kind: 'unreadable', why: described.fault };
  const stage = limit === undefined ? undefined : stageLimitOf(limit);
  // Without a limit that can be read, nothing would be held back.
  if (stage && 'fault' in stage) {
    const why = `the limit of the stage cannot be read: ${stage.fault}`;
    reading.logUnreadable('limit.unreadable', { tool: reading.tool, why });
    return { kind: 'unreadable', why };
  }
  return {
    kind: 'known',
    spec: described.spec,
    ...present({
      live: record.release,
      refusal: record.refusal,
      paused: reasonIn(paused),
      allPaused: reasonIn(allPaused),
      stageMaxRunning: stage?.maxRunning,
    }),
  };
};

// SSM stores no empty value, but a blank one is a pause too.
const reasonIn = (paused: string | undefined): string | undefined =>
  paused === undefined ? undefined : paused.trim() || 'no reason was given';

const liveIn = (
  { tool, logUnreadable }: Reading,
  live: string | undefined,
): Partial<Live> | { readonly fault: string } => {
  if (live === undefined) return {};
  const read = liveOf(live);
  if ('live' in read) return read.live;
  logUnreadable('live.unreadable', { tool, why: read.fault });
  return { fault: `the live record of ${tool} cannot be read: ${read.fault}` };
};

/** The deployed spec; while that cannot be read, the spec of the live version. */
const specIn = (
  { tool, logUnreadable }: Reading,
  { spec, release }: { readonly spec: string | undefined; readonly release: Release | undefined },
): ReturnType<typeof specOf> => {
  const read = spec === undefined ? { fault: `${tool} has no spec in SSM` } : specOf(spec);
  if ('fault' in read && spec !== undefined)
    logUnreadable('spec.unreadable', { tool, why: read.fault });
  return 'fault' in read && release ? { spec: release.spec } : read;
};
