import {
  ParameterNotFound,
  PutParameterCommand,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { Live } from '../core/tool.ts';
import { liveOf } from '../wire/live.ts';
import { clientOf, type Reach } from './reach.ts';

/** A tool's parameters, as an operator looks at them. */
export interface PinnedTool {
  readonly tool: string;
  /** Absent for a tool that no deployment has described. */
  readonly specVersion?: number;
  /** What the operator wrote, as release reads it (without white space around it), and how often something was written there. */
  readonly pinned?: { readonly version: string; readonly pinVersion: number; readonly at: number };
  readonly paused?: string;
  readonly live?: Live;
  /** Why `live` could not be read; the next pin has it written anew. */
  readonly unreadable?: string;
}

/** The tools' parameters in SSM. Throws when SSM cannot be reached. */
export interface Pins {
  readonly all: () => Promise<readonly PinnedTool[]>;
  readonly one: (tool: string) => Promise<PinnedTool | undefined>;
  /** Every version that was ever pinned, the latest first (SSM keeps the last hundred pins). */
  readonly history: (tool: string) => Promise<readonly string[]>;
  /** Pins a version, and answers the parameter version that this pin is. */
  readonly pin: (tool: string, version: string) => Promise<number>;
}

interface Found {
  readonly value: string;
  readonly version: number;
  readonly at: number;
}

const toolOf = (tool: string, found: ReadonlyMap<string, Found>): PinnedTool => {
  const [spec, pin, paused, live] = ['spec', 'version', 'paused', 'live'].map((name) =>
    found.get(name),
  );
  return {
    tool,
    ...(spec ? { specVersion: spec.version } : {}),
    ...(pin ? { pinned: { version: pin.value.trim(), pinVersion: pin.version, at: pin.at } } : {}),
    ...(paused ? { paused: paused.value } : {}),
    ...(live ? readLive(live.value) : {}),
  };
};

const readLive = (text: string): Pick<PinnedTool, 'live' | 'unreadable'> => {
  try {
    return { live: liveOf(text) };
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
};

/** Reads and writes pins under a prefix like `/davit/dev/tools`. */
export const pinsOf = (reach: Reach, prefix: string): Pins => {
  const { config, sending } = clientOf(reach);
  const client = new SSMClient(config);

  const under = async (path: string): Promise<readonly PinnedTool[]> => {
    const tools = new Map<string, Map<string, Found>>();
    const pages = paginateGetParametersByPath({ client }, { Path: path, Recursive: true }, sending);
    for await (const page of pages) {
      for (const { Name, Value, Version, LastModifiedDate } of page.Parameters ?? []) {
        const [tool = '', name = ''] = (Name ?? '').slice(prefix.length + 1).split('/');
        const found = tools.get(tool) ?? new Map<string, Found>();
        tools.set(tool, found);
        found.set(name, {
          value: Value ?? '',
          version: Version ?? 0,
          at: LastModifiedDate?.getTime() ?? 0,
        });
      }
    }
    return [...tools]
      .map(([tool, found]) => toolOf(tool, found))
      .sort((a, b) => (a.tool < b.tool ? -1 : 1));
  };

  return {
    all: async () => await under(prefix),
    one: async (tool) => (await under(`${prefix}/${tool}`)).at(0),
    history: async (tool) => {
      const versions: string[] = [];
      try {
        const pages = paginateGetParameterHistory(
          { client },
          { Name: `${prefix}/${tool}/version` },
          sending,
        );
        for await (const page of pages)
          versions.push(...(page.Parameters ?? []).map((one) => (one.Value ?? '').trim()));
      } catch (error) {
        if (!(error instanceof ParameterNotFound)) throw error;
      }
      return [...new Set(versions.reverse())];
    },
    pin: async (tool, version) => {
      const answer = await client.send(
        new PutParameterCommand({
          Name: `${prefix}/${tool}/version`,
          Value: version,
          Type: 'String',
          Overwrite: true,
        }),
        sending,
      );
      return answer.Version ?? 0;
    },
  };
};
