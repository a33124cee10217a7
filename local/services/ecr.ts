import type { JsonService } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import { type JsonObject, objects, optionalText, text } from '../endpoint/input.ts';
import type { LocalImage, LocalImages } from '../runtime/images.ts';
import { place } from '../template/place.ts';

const described = (repository: string, image: LocalImage): object => ({
  registryId: place.account,
  repositoryName: repository,
  imageDigest: image.digest,
  imageTags: [image.tag],
});

/** ECR over the images on this disk: DescribeImages by tag, by digest, or all of a repository. */
export const ecrService = (images: LocalImages): JsonService => {
  const describeImages = (input: JsonObject): object => {
    const repository = text(input, 'repositoryName');
    const all = images.list(repository);
    if (all === undefined) {
      throw new AwsError(
        'RepositoryNotFoundException',
        `The repository with name '${repository}' does not exist in the registry with id '${place.account}'`,
      );
    }
    const ids = objects(input, 'imageIds');
    if (ids.length === 0) return { imageDetails: all.map((image) => described(repository, image)) };
    const found = ids.map((id) => {
      const tag = optionalText(id, 'imageTag');
      const digest = optionalText(id, 'imageDigest');
      const image = all.find((one) => one.tag === tag || one.digest === digest);
      if (image === undefined) {
        throw new AwsError(
          'ImageNotFoundException',
          `The image with imageId {imageDigest:'${digest ?? 'null'}', imageTag:'${tag ?? 'null'}'} does not exist within the repository with name '${repository}' in the registry with id '${place.account}'`,
        );
      }
      return described(repository, image);
    });
    return { imageDetails: found };
  };
  return { DescribeImages: describeImages };
};
