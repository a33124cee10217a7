import { type Parameter, paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import type { CallOptions } from './call-options.ts';

/** A parameter of a tool, such as its `spec` or its `version`. */
export interface ToolParameter {
  readonly value: string;
  /** How often something was written there. */
  readonly version: number;
  /** Epoch milliseconds of the last write; 0 where SSM does not say. */
  readonly writtenAt: number;
}

/** The parameters of one tool, by the last part of their names. */
export type ToolParameters = ReadonlyMap<string, ToolParameter>;

interface Options {
  readonly client: SSMClient;
  /** `/davit/<stage>/tools`. */
  readonly prefix: string;
  readonly callOptions: CallOptions;
}

/** The parameters of every tool under the prefix, or of one tool, by the tools' names. Throws what the SDK throws. */
export const readToolParameters = async (
  { client, prefix, callOptions }: Options,
  tool?: string,
): Promise<ReadonlyMap<string, ToolParameters>> => {
  const tools = new Map<string, Map<string, ToolParameter>>();
  const Path = tool === undefined ? prefix : `${prefix}/${tool}`;
  const pages = paginateGetParametersByPath({ client }, { Path, Recursive: true }, callOptions);
  for await (const page of pages) {
    for (const parameter of page.Parameters ?? []) {
      const named = nameIn(prefix, parameter);
      if (named === undefined) continue;
      const found = tools.get(named.tool) ?? new Map<string, ToolParameter>();
      tools.set(named.tool, found.set(named.name, parameterOf(parameter)));
    }
  }
  return tools;
};

/** Undefined for a parameter at another depth than `<prefix>/<tool>/<name>`: it is not Davit's. */
const nameIn = (
  prefix: string,
  { Name = '' }: Parameter,
): { readonly tool: string; readonly name: string } | undefined => {
  const [tool, name, more] = Name.slice(prefix.length + 1).split('/');
  return tool && name && more === undefined ? { tool, name } : undefined;
};

const parameterOf = ({ Value, Version, LastModifiedDate }: Parameter): ToolParameter => ({
  value: Value ?? '',
  version: Version ?? 0,
  writtenAt: LastModifiedDate?.getTime() ?? 0,
});
