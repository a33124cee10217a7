import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeImagesCommand,
  type ECRClient,
  ImageNotFoundException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import {
  ClientException,
  type ECSClient,
  InvalidParameterException,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { errorMessage } from '../core/error-message.ts';
import { present } from '../core/present.ts';
import { refusalOf } from '../core/refusal.ts';
import type { Releases } from '../ports/releases.ts';
import { bytesOf, liveText, mostLiveBytes } from '../wire/live.ts';
import { callOptionsOf } from './call-options.ts';
import { type DefinitionSite, definitionDigestOf, definitionInputOf } from './definition-call.ts';
import { liveClaims } from './live-claims.ts';
import { releasePins } from './release-pins.ts';
import { rethrowAs } from './rethrow-as.ts';
import { versionItems } from './version-items.ts';

interface Options {
  readonly ssm: SSMClient;
  readonly ecr: ECRClient;
  readonly ecs: ECSClient;
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  /** `/davit/<stage>/tools`. */
  readonly prefix: string;
  readonly site: DefinitionSite;
  /** A text that no one else has. */
  readonly newId: () => string;
  readonly signal?: AbortSignal;
}

/** What `release` reads and writes: SSM, ECR, ECS, and items of the task table. Each call throws, and says what it could not do, when its service cannot be reached. */
export const awsReleases = (options: Options): Releases => {
  const { ssm, ecr, ecs, dynamodb, table, prefix, site, newId, signal } = options;
  const callOptions = callOptionsOf(signal);
  const scope = present({ signal });

  return {
    ...releasePins({ client: ssm, prefix, ...scope }),
    ...liveClaims({ client: dynamodb, table, newId, ...scope }),
    ...versionItems({ client: dynamodb, table, ...scope }),
    imageDigest: async (image, version) => {
      const command = new DescribeImagesCommand({
        registryId: accountOf(site.registry),
        repositoryName: `${pathOf(site.registry)}/${image}`,
        imageIds: [{ imageTag: version }],
      });
      try {
        const answer = await ecr.send(command, callOptions);
        return answer.imageDetails?.[0]?.imageDigest;
      } catch (error) {
        if (error instanceof ImageNotFoundException) return undefined;
        if (error instanceof RepositoryNotFoundException) return undefined;
        return rethrowAs(`The digest of image ${image}:${version} could not be read from ECR`)(
          error,
        );
      }
    },
    definitionDigest: (release) => definitionDigestOf(site, release),
    register: async (release, kind) => {
      const command = new RegisterTaskDefinitionCommand(definitionInputOf(site, release, kind));
      try {
        const answer = await ecs.send(command, callOptions);
        const arn = answer.taskDefinition?.taskDefinitionArn;
        return arn ? { arn } : { refused: 'ECS answered without a task definition' };
      } catch (error) {
        if (isRefusal(error)) return { refused: errorMessage(error) };
        return rethrowAs(`${release.tool} ${release.version} could not be registered with ECS`)(
          error,
        );
      }
    },
    saveLive: async (tool, live) => {
      const Value = liveText(live);
      const bytes = bytesOf(Value);
      if (bytes > mostLiveBytes) {
        throw new Error(
          `The live record of ${tool} must fit into ${mostLiveBytes} bytes, the size of an SSM parameter, but has ${bytes}: shorten its spec in tools.yml`,
        );
      }
      const Name = `${prefix}/${tool}/live`;
      await ssm
        .send(
          new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }),
          callOptions,
        )
        .catch(rethrowAs(`${Name} could not be written to SSM`));
    },
  };
};

/** The account number in the host name of an ECR registry; undefined means the caller's account. */
const accountOf = (registry: string): string | undefined => /^(\d{12})[.]/.exec(registry)?.[1];

/** The registry without its host: ECR's repository names begin with it, and the name of the image follows. */
const pathOf = (registry: string): string => registry.split('/').slice(1).join('/');

/** Whether ECS refuses the definition itself. Throttling has the same exception classes, so ECS's words decide. */
const isRefusal = (error: unknown): boolean =>
  (error instanceof ClientException || error instanceof InvalidParameterException) &&
  refusalOf({ code: error.name, message: error.message }).kind === 'refused';
