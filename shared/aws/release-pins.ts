import { GetParametersByPathCommand, type Parameter, type SSMClient } from '@aws-sdk/client-ssm';
import { errorMessage } from '../core/error-message.ts';
import type { BadPin, Pin } from '../core/release.ts';
import type { Releases } from '../ports/releases.ts';
import { liveOf } from '../wire/live.ts';
import { specOf } from '../wire/spec.ts';
import { away } from './away.ts';

interface Options {
  readonly client: SSMClient;
  readonly prefix: string;
  readonly signal?: AbortSignal;
}

/** Every tool's pin, spec and live record, as SSM has them. */
export const releasePins = ({ client, prefix, signal }: Options): Pick<Releases, 'pins'> => {
  const sending = signal ? { abortSignal: signal } : {};

  const parameters = async (): Promise<readonly Parameter[]> => {
    const found: Parameter[] = [];
    let NextToken: string | undefined;
    do {
      const page: GetParametersByPathCommand = new GetParametersByPathCommand({
        Path: prefix,
        Recursive: true,
        NextToken,
      });
      const answer = await client
        .send(page, sending)
        .catch(away(`The tools under ${prefix} could not be read from SSM`));
      found.push(...(answer.Parameters ?? []));
      NextToken = answer.NextToken;
    } while (NextToken);
    return found;
  };

  return {
    pins: async () => {
      const tools = byTool(prefix, await parameters());
      const read = [...tools].flatMap(([tool, named]) => pinOf(tool, named));
      return {
        pins: read.filter((one): one is Pin => 'spec' in one),
        bad: read.filter((one): one is BadPin => 'why' in one),
      };
    },
  };
};

type Named = ReadonlyMap<string, Parameter>;

const byTool = (prefix: string, all: readonly Parameter[]): ReadonlyMap<string, Named> => {
  const tools = new Map<string, Map<string, Parameter>>();
  for (const parameter of all) {
    const [tool, name, more] = (parameter.Name ?? '').slice(prefix.length + 1).split('/');
    if (!tool || !name || more !== undefined) continue;
    const named = tools.get(tool) ?? new Map<string, Parameter>();
    tools.set(tool, named.set(name, parameter));
  }
  return tools;
};

const remedy = 'describe it in tools.yml and deploy, or delete the parameter "version"';

const pinOf = (tool: string, named: Named): readonly (Pin | BadPin)[] => {
  const [spec, version, live] = ['spec', 'version', 'live'].map((name) => named.get(name));
  if (!spec) return version ? [{ tool, why: `${tool} is pinned, but has no spec: ${remedy}` }] : [];
  const read = specOf(spec.Value ?? '');
  if ('fault' in read) return [{ tool, why: read.fault }];
  return [
    {
      tool,
      spec: read.spec,
      specVersion: spec.Version ?? 0,
      ...(version?.Value === undefined
        ? {}
        : { version: version.Value.trim(), pinnedAt: writtenAt(version) }),
      pinVersion: version?.Version ?? 0,
      changedAt: Math.max(writtenAt(spec), writtenAt(version)),
      ...liveIn(live),
    },
  ];
};

const writtenAt = (parameter: Parameter | undefined): number =>
  parameter?.LastModifiedDate?.getTime() ?? 0;

// The claim keeps a pin from going backwards, also where there is no record to compare it with.
const liveIn = (parameter: Parameter | undefined): Pick<Pin, 'live' | 'liveFault'> => {
  if (parameter?.Value === undefined) return {};
  try {
    return { live: liveOf(parameter.Value) };
  } catch (error) {
    return { liveFault: errorMessage(error) };
  }
};
