import {
  type Parameter,
  ParameterNotFound,
  PutParameterCommand,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { errorMessage } from '../core/error-message.ts';
import { foreignDefinition } from '../core/family.ts';
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
  /** Why `live` could not be read; the next pin has it written again. */
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

/** Reads and writes pins under a prefix like `/davit/dev/tools`, which names the stage. */
export const pinsOf = (reach: Reach, prefix: string): Pins => {
  const [, , stage = ''] = prefix.split('/');
  const { config, sending } = clientOf(reach);
  const client = new SSMClient(config);

  const under = async (path: string): Promise<readonly PinnedTool[]> => {
    const tools = new Map<string, Map<string, Found>>();
    const pages = paginateGetParametersByPath({ client }, { Path: path, Recursive: true }, sending);
    for await (const page of pages) {
      for (const parameter of page.Parameters ?? []) {
        const names = namesIn((parameter.Name ?? '').slice(prefix.length + 1));
        if (names === undefined) continue;
        const found = tools.get(names.tool) ?? new Map<string, Found>();
        tools.set(names.tool, found.set(names.name, foundIn(parameter)));
      }
    }
    return [...tools]
      .map(([tool, found]) => toolOf({ stage, tool }, found))
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

// Below a parameter's name stands nothing of Davit's, whoever wrote it.
const namesIn = (path: string): { readonly tool: string; readonly name: string } | undefined => {
  const [tool, name, more] = path.split('/');
  return tool && name && more === undefined ? { tool, name } : undefined;
};

const foundIn = ({ Value, Version, LastModifiedDate }: Parameter): Found => ({
  value: Value ?? '',
  version: Version ?? 0,
  at: LastModifiedDate?.getTime() ?? 0,
});

const toolOf = (
  named: { readonly stage: string; readonly tool: string },
  found: ReadonlyMap<string, Found>,
): PinnedTool => {
  const { tool } = named;
  const [spec, pin, paused, live] = ['spec', 'version', 'paused', 'live'].map((name) =>
    found.get(name),
  );
  return {
    tool,
    ...(spec ? { specVersion: spec.version } : {}),
    ...(pin ? { pinned: { version: pin.value.trim(), pinVersion: pin.version, at: pin.at } } : {}),
    ...(paused ? { paused: paused.value } : {}),
    ...(live ? readLive(named, live.value) : {}),
  };
};

const readLive = (
  named: { readonly stage: string; readonly tool: string },
  text: string,
): Pick<PinnedTool, 'live' | 'unreadable'> => {
  try {
    const live = liveOf(text);
    const foreign = live.release && foreignDefinition(named, live.release);
    return foreign === undefined ? { live } : { unreadable: foreign };
  } catch (error) {
    return { unreadable: errorMessage(error) };
  }
};
