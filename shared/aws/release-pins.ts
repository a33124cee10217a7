import type { SSMClient } from '@aws-sdk/client-ssm';
import { present } from '../core/present.ts';
import type { BadPin, Pin } from '../core/release.ts';
import type { Releases } from '../ports/releases.ts';
import { liveOf } from '../wire/live.ts';
import { specOf } from '../wire/spec.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';
import { readToolParameters, type ToolParameter, type ToolParameters } from './tool-parameters.ts';

interface Options {
  readonly client: SSMClient;
  /** `/davit/<stage>/tools`. */
  readonly prefix: string;
  readonly signal?: AbortSignal;
}

/** The pin, spec and live record of every tool, from SSM. */
export const releasePins = ({ client, prefix, signal }: Options): Pick<Releases, 'pins'> => ({
  pins: async () => {
    const tools = await readToolParameters({
      client,
      prefix,
      callOptions: callOptionsOf(signal),
    }).catch(rethrowAs(`The tools under ${prefix} could not be read from SSM`));
    const read = [...tools].flatMap(([tool, parameters]) => pinOf(tool, parameters));
    return {
      pins: read.filter((one): one is Pin => 'spec' in one),
      bad: read.filter((one): one is BadPin => 'why' in one),
    };
  },
});

const remedy = 'describe it in tools.yml and deploy, or delete the parameter "version"';

const pinOf = (tool: string, parameters: ToolParameters): readonly (Pin | BadPin)[] => {
  const spec = parameters.get('spec');
  const version = parameters.get('version');
  if (!spec) return version ? [{ tool, why: `${tool} is pinned, but has no spec: ${remedy}` }] : [];
  const read = specOf(spec.value);
  if ('fault' in read) return [{ tool, why: read.fault }];
  return [
    {
      tool,
      spec: read.spec,
      specVersion: spec.version,
      ...present({ version: version?.value.trim(), pinnedAt: version?.writtenAt }),
      pinVersion: version?.version ?? 0,
      changedAt: Math.max(spec.writtenAt, version?.writtenAt ?? 0),
      ...liveIn(parameters.get('live')),
    },
  ];
};

// A record that cannot be read does not let a pin go backwards: the claim prevents that too (live-claims.ts).
const liveIn = (parameter: ToolParameter | undefined): Pick<Pin, 'live' | 'liveFault'> => {
  if (parameter === undefined) return {};
  const read = liveOf(parameter.value);
  return 'fault' in read ? { liveFault: read.fault } : read;
};
