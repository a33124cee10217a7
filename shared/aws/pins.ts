import {
  DeleteParameterCommand,
  GetParametersCommand,
  ParameterNotFound,
  PutParameterCommand,
  paginateGetParameterHistory,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { foreignDefinition } from '../core/family.ts';
import { present } from '../core/present.ts';
import type { Live } from '../core/tool.ts';
import { liveOf } from '../wire/live.ts';
import { allPausedIn } from './all-paused.ts';
import { clientOf, type Reach } from './reach.ts';
import { readToolParameters, type ToolParameter, type ToolParameters } from './tool-parameters.ts';

/** A tool's parameters, as an operator sees them. */
export interface PinnedTool {
  readonly tool: string;
  /** Absent for a tool of which no deployment has written the spec. */
  readonly specVersion?: number;
  /** What the operator wrote, as release reads it (without white space around it), how often something was written there, and when. */
  readonly pinned?: { readonly version: string; readonly pinVersion: number; readonly at: number };
  readonly paused?: string;
  readonly live?: Live;
  /** Why `live` could not be read; after the next pin, release writes it again. */
  readonly unreadable?: string;
}

/** The tools' parameters in SSM. Throws when SSM cannot be reached. */
export interface Pins {
  readonly all: () => Promise<readonly PinnedTool[]>;
  readonly one: (tool: string) => Promise<PinnedTool | undefined>;
  /** Every version that was ever pinned, the latest first. SSM keeps the last hundred pins. */
  readonly history: (tool: string) => Promise<readonly string[]>;
  /** Pins a version, and answers the version of the SSM parameter that holds this pin. */
  readonly pin: (tool: string, version: string) => Promise<number>;
  /** Pauses a tool, or every tool, with this sentence. */
  readonly pause: (tool: string | undefined, why: string) => Promise<void>;
  /** Ends a pause. False when there was none. */
  readonly resume: (tool: string | undefined) => Promise<boolean>;
  /** Why every tool is paused; undefined when that is not so. */
  readonly allPaused: () => Promise<string | undefined>;
}

/** Reads and writes the parameters under a prefix like `/davit/dev/tools`, which names the stage. */
export const pinsOf = (reach: Reach, prefix: string): Pins => {
  const [, , stage = ''] = prefix.split('/');
  const { config, callOptions } = clientOf(reach);
  const client = new SSMClient(config);

  const read = async (of?: string): Promise<readonly PinnedTool[]> => {
    const tools = await readToolParameters({ client, prefix, callOptions }, of);
    return [...tools]
      .map(([tool, parameters]) => toolOf({ stage, tool }, parameters))
      .sort((a, b) => (a.tool < b.tool ? -1 : 1));
  };

  return {
    all: async () => await read(),
    one: async (tool) => (await read(tool)).at(0),
    history: async (tool) => {
      const versions: string[] = [];
      try {
        const pages = paginateGetParameterHistory(
          { client },
          { Name: `${prefix}/${tool}/version` },
          callOptions,
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
        callOptions,
      );
      return answer.Version ?? 0;
    },
    pause: async (tool, why) => {
      await client.send(
        new PutParameterCommand({
          Name: pausedIn(prefix, tool),
          Value: why,
          Type: 'String',
          Overwrite: true,
        }),
        callOptions,
      );
    },
    resume: async (tool) => {
      try {
        await client.send(
          new DeleteParameterCommand({ Name: pausedIn(prefix, tool) }),
          callOptions,
        );
        return true;
      } catch (error) {
        if (error instanceof ParameterNotFound) return false;
        throw error;
      }
    },
    allPaused: async () => {
      const { Parameters = [] } = await client.send(
        new GetParametersCommand({ Names: [allPausedIn(prefix)] }),
        callOptions,
      );
      return Parameters[0]?.Value;
    },
  };
};

const pausedIn = (prefix: string, tool: string | undefined): string =>
  tool === undefined ? allPausedIn(prefix) : `${prefix}/${tool}/paused`;

interface ToolName {
  readonly stage: string;
  readonly tool: string;
}

const toolOf = (named: ToolName, parameters: ToolParameters): PinnedTool => {
  const pin = parameters.get('version');
  return {
    tool: named.tool,
    ...present({
      specVersion: parameters.get('spec')?.version,
      pinned: pin && { version: pin.value.trim(), pinVersion: pin.version, at: pin.writtenAt },
      paused: parameters.get('paused')?.value,
    }),
    ...liveIn(named, parameters.get('live')),
  };
};

const liveIn = (
  named: ToolName,
  parameter: ToolParameter | undefined,
): Pick<PinnedTool, 'live' | 'unreadable'> => {
  if (parameter === undefined) return {};
  const read = liveOf(parameter.value);
  if ('fault' in read) return { unreadable: read.fault };
  const { release } = read.live;
  const foreign = release && foreignDefinition(named, release);
  return foreign === undefined ? read : { unreadable: foreign };
};
