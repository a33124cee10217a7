import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { errorMessage } from '../core/error-message.ts';
import { present } from '../core/present.ts';
import type { Live, Release, ToolState, VersionState } from '../core/tool.ts';
import { UnreadableRow } from '../core/unreadable.ts';
import type { Log, Meter, Releases, Tools } from '../ports.ts';
import { liveOf } from '../wire/live.ts';
import { specOf } from '../wire/spec.ts';
import { callOptionsOf } from './call-options.ts';

/** What was found lately, by tool: outlives an invocation, so it is made once and handed in. */
export type ToolsCache = Map<
  string,
  { readonly until: number; readonly state: Promise<ToolState> }
>;

interface Options {
  readonly client: SSMClient;
  /** `/davit/<stage>/tools`. */
  readonly prefix: string;
  readonly readVersion: Releases['readVersion'];
  readonly now: () => number;
  readonly meter?: Meter;
  readonly log?: Log;
  readonly cache?: ToolsCache;
  readonly cacheMs?: number;
  readonly signal?: AbortSignal;
}

// A pin, a pause and a resume are felt within this time; a batch of a hundred asks SSM once (40 calls a second, shared).
const fiveSecondsMs = 5000;
// What a parameter's name can hold in one level (SSM); another name is no parameter, and asking would be an error.
const possibleName = /^[A-Za-z0-9_.-]{1,100}$/;

/** Tools as SSM has them, each asked for at most every five seconds. Every failure is an answer: `away`. */
export const ssmTools = (options: Options): Tools => {
  const { client, prefix, readVersion, now, signal } = options;
  const { cache = new Map(), cacheMs = fiveSecondsMs, meter = () => {}, log = () => {} } = options;
  const callOptions = callOptionsOf(signal);

  /** Counted each time that it is read: as long as it stands there, somebody must look. */
  const note: Note = (what, tool, why) => {
    meter('ToolsUnreadable');
    log('error', what, { tool, why });
  };

  const ask = async (tool: string): Promise<ToolState> => {
    const names = ['live', 'spec', 'paused'].map((name) => `${prefix}/${tool}/${name}`);
    try {
      const answer = await client.send(new GetParametersCommand({ Names: names }), callOptions);
      const values = new Map((answer.Parameters ?? []).map(({ Name, Value }) => [Name, Value]));
      const [live, spec, paused] = names.map((name) => values.get(name));
      return stateOf({ tool, note }, { live, spec, paused });
    } catch (error) {
      return { kind: 'away', why: `SSM cannot be asked for ${tool}: ${errorMessage(error)}` };
    }
  };

  const forget = async (tool: string, asked: Promise<ToolState>): Promise<void> => {
    const state = await asked;
    // Unknown is for good and away may park a row for minutes: neither may outlast the moment in which it was true.
    if (state.kind !== 'known' && cache.get(tool)?.state === asked) cache.delete(tool);
  };

  return {
    find: async (tool) => {
      if (!possibleName.test(tool)) return { kind: 'unknown' };
      const kept = cache.get(tool);
      if (kept && kept.until > now()) return kept.state;
      const asked = ask(tool);
      cache.set(tool, { until: now() + cacheMs, state: asked });
      await forget(tool, asked);
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
        if (error instanceof UnreadableRow) note('version.unreadable', tool, why);
        return { kind: 'away', why };
      }
    },
  };
};

type Note = (
  what: 'spec.unreadable' | 'live.unreadable' | 'version.unreadable',
  tool: string,
  why: string,
) => void;

/** Of which tool, and how what cannot be read is noted. */
interface Of {
  readonly tool: string;
  readonly note: Note;
}

interface Values {
  readonly live: string | undefined;
  readonly spec: string | undefined;
  readonly paused: string | undefined;
}

/** Unknown only when SSM knows neither of the two that every deployed tool has. */
const stateOf = (of: Of, { live, spec, paused }: Values): ToolState => {
  if (live === undefined && spec === undefined) return { kind: 'unknown' };
  const record = liveIn(of, live);
  if ('fault' in record) return { kind: 'away', why: record.fault };
  const described = specIn(of, { spec, release: record.release });
  if ('fault' in described) return { kind: 'away', why: described.fault };
  return {
    kind: 'known',
    spec: described.spec,
    ...present({ live: record.release, refusal: record.refusal, paused }),
  };
};

const liveIn = (
  { tool, note }: Of,
  live: string | undefined,
): Partial<Live> | { readonly fault: string } => {
  if (live === undefined) return {};
  const read = liveOf(live);
  if ('live' in read) return read.live;
  note('live.unreadable', tool, read.fault);
  return { fault: `the live record of ${tool} cannot be read: ${read.fault}` };
};

/** The spec as it is deployed; while that cannot be read, the one that is live. */
const specIn = (
  { tool, note }: Of,
  { spec, release }: { readonly spec: string | undefined; readonly release: Release | undefined },
): ReturnType<typeof specOf> => {
  const read = spec === undefined ? { fault: `${tool} has no spec in SSM` } : specOf(spec);
  if ('fault' in read && spec !== undefined) note('spec.unreadable', tool, read.fault);
  return 'fault' in read && release ? { spec: release.spec } : read;
};
