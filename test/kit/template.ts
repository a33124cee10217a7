import { awsAccount } from '../../local/template/aws-account.ts';
import { packageOf } from '../../local/template/package.ts';
import { resolveTemplate } from '../../local/template/resolve.ts';
import type { AwsAccount, Resource as ResolvedResource } from '../../local/template/types.ts';
import { root } from './root.ts';

/** A resource of the compiled template; its contents are read by path and compared as JSON. */
export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The template that would be deployed, and its folder; made again only when a source has changed. */
export const compiled = async (): Promise<{
  readonly dir: string;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly parameters: Readonly<
    Record<
      string,
      {
        readonly Default?: unknown;
        readonly AllowedPattern?: string;
        readonly AllowedValues?: readonly unknown[];
      }
    >
  >;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, { readonly Value?: unknown }>>;
  /** Its resources as CloudFormation would make them, with these values for parameters, by logical id. */
  readonly deployed: (
    given?: Readonly<Record<string, string>>,
    at?: AwsAccount,
  ) => ReadonlyMap<string, ResolvedResource>;
}> => {
  const { template, dir } = await packageOf(root, `${root}.davit/package`, {
    log: () => {},
    signal: undefined,
  });
  const { Resources, Parameters, Conditions, Outputs } = JSON.parse(JSON.stringify(template));
  return {
    dir,
    resources: Resources,
    parameters: Parameters,
    conditions: Conditions,
    outputs: Outputs,
    deployed: (given = {}, at = awsAccount) =>
      new Map(resolveTemplate(template, given, at).resources.map((one) => [one.logicalId, one])),
  };
};
