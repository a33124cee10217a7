import { present } from '../../shared/core/present.ts';
import { AwsError } from '../endpoint/errors.ts';
import { type JsonObject, objects, optionalText, text, texts } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { JsonApi } from '../service.ts';
import { awsAccount } from '../template/aws-account.ts';
import type { Registry, TaggedImage } from './registry.ts';

/** A page of DescribeRepositories and ListImages has 100 items by default and 1,000 at most (ECR API reference). */
const thousand: Paging = {
  size: 'maxResults',
  token: 'nextToken',
  usual: 100,
  most: 1000,
  badToken: 'InvalidParameterException',
};

/** The calls of ECR that read images. */
export const ecrApi = (images: Registry): JsonApi => {
  const listed = async (repository: string): Promise<readonly TaggedImage[]> => {
    const all = await images.list(repository);
    if (all === undefined) throw noRepository(repository);
    return all;
  };

  const describeImages = async (input: JsonObject): Promise<object> => {
    const repository = text(input, 'repositoryName');
    const all = await listed(repository);
    const ids = objects(input, 'imageIds');
    if (ids.length === 0) return { imageDetails: all.map((image) => described(repository, image)) };
    const found = ids.map((id) => {
      const tag = optionalText(id, 'imageTag');
      const digest = optionalText(id, 'imageDigest');
      const image = all.find((one) => one.tag === tag || one.digest === digest);
      if (image === undefined) {
        throw new AwsError(
          'ImageNotFoundException',
          `The image with imageId {imageDigest:'${digest ?? 'null'}', imageTag:'${tag ?? 'null'}'} does not exist within the repository with name '${repository}' in the registry with id '${awsAccount.account}'`,
        );
      }
      return described(repository, image);
    });
    return { imageDetails: found };
  };

  const describeRepositories = async (input: JsonObject): Promise<object> => {
    const all = await images.repositories();
    const named = texts(input, 'repositoryNames');
    const lists = await Promise.all(named.map(images.list));
    const missing = named.find((_, index) => lists[index] === undefined);
    if (missing !== undefined) throw noRepository(missing);
    const asked = named.length === 0 ? all : all.filter((name) => named.includes(name));
    const { items, next } = pageOf(asked, (name) => name, { input, paging: thousand });
    return {
      repositories: items.map((name) => ({
        registryId: awsAccount.account,
        repositoryName: name,
        repositoryArn: `arn:aws:ecr:${awsAccount.region}:${awsAccount.account}:repository/${name}`,
        repositoryUri: `${images.host}/${name}`,
      })),
      ...present({ nextToken: next }),
    };
  };

  const listImages = async (input: JsonObject): Promise<object> => {
    const all = await listed(text(input, 'repositoryName'));
    const { items, next } = pageOf(all, (image) => image.tag, { input, paging: thousand });
    return {
      imageIds: items.map(({ tag, digest }) => ({ imageTag: tag, imageDigest: digest })),
      ...present({ nextToken: next }),
    };
  };

  return {
    kind: 'json',
    actions: {
      DescribeImages: describeImages,
      DescribeRepositories: describeRepositories,
      ListImages: listImages,
    },
  };
};

const noRepository = (repository: string): AwsError =>
  new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${repository}' does not exist in the registry with id '${awsAccount.account}'`,
  );

const described = (repository: string, image: TaggedImage): object => ({
  registryId: awsAccount.account,
  repositoryName: repository,
  imageDigest: image.digest,
  imageTags: [image.tag],
});
