import * as v from 'valibot';
import { hasPlaceholder, isArgument } from '../core/command.ts';
import type { Architecture } from '../core/tool.ts';
import { toolRanges } from './ranges.ts';
import { fault, map, value, whole } from './tools-value.ts';

const repository = /^(?=.{1,64}$)[a-z0-9]+([._-][a-z0-9]+)*$/;
// Like `docker.io/library/alpine`. A host has a dot or a port; without one, it would be a folder of our registry (distribution/reference).
const elsewhere =
  /^(?=.{1,190}(@|$))([a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?|[a-z0-9-]+:\d{1,5})(\/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)+(@sha256:[0-9a-f]{64})?$/;
const privateEcr = /^\d{12}\.dkr[.-]ecr[.-][^/@]*\/[^@]*$/;

/** An image: a repository of the deployment's registry, or a full reference; both without a tag. */
export const image = v.pipe(
  value<string>(
    (input) => typeof input === 'string' && (repository.test(input) || elsewhere.test(input)),
    'the name of an image repository in small letters, or a full reference like public.ecr.aws/docker/library/alpine, without a tag',
    'write e.g. `image: transcoder`; the tag is the version that is pinned',
  ),
  v.check(
    (input) => !privateEcr.test(input),
    'expected the repository of an image in the registry of the deployment, or a digest, but a private ECR registry came without one; ' +
      'write e.g. `image: transcoder`, or add `@sha256:…`',
  ),
);

/** Characters of a value. ECS accepts a definition of 64 KiB, and an SSM parameter has room for a spec of 3 KB. */
const longestValue = 1000;

const variable = v.pipe(
  v.custom<string>(
    (name) => typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name),
    ({ input }) =>
      fault(
        'the name of a variable',
        input,
        'it has letters, digits and _, and begins with no digit',
      ),
  ),
  v.check(
    (name) => !/^DAVIT_/i.test(name),
    'names that begin with DAVIT_ are Davit’s own; choose another name',
  ),
);

const plainText = value<string>(
  (input) => typeof input === 'string' && input.length <= longestValue && !input.includes('\0'),
  `a text of at most ${longestValue} characters`,
  'write it in quotes',
);

/** Environment variables of every run. */
export const environment = v.pipe(
  map((input) =>
    fault('variables by their names', input, 'write e.g. `environment: { LANG: C.UTF-8 }`'),
  ),
  v.record(variable, plainText),
);

const parameterArn = /^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/[A-Za-z0-9_./-]{1,1011}$/;
// After the name: the key of a JSON secret, the stage of a version and its id. Each may be empty (ECS guide, secrets).
const secretArn =
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}(:[^:\s]*:[^:\s]*:[^:\s]*)?$/;

// The message does not quote the value: it may be the secret itself.
const arn = v.custom<string>(
  (input) => typeof input === 'string' && (parameterArn.test(input) || secretArn.test(input)),
  'expected the ARN of an SSM parameter or of a Secrets Manager secret, but something else came; ' +
    'keep the secret there, and write its ARN here',
);

/** Variables that ECS reads from SSM or Secrets Manager when a run starts. */
export const secrets = v.pipe(
  map(
    () =>
      'expected ARNs by the names of variables, but something else came; ' +
      'write e.g. `secrets: { KEY: "arn:aws:ssm:…:parameter/film/key" }`',
  ),
  v.record(variable, arn),
);

const argument = v.pipe(
  value<string>(
    (input) => typeof input === 'string' && !input.includes('\0'),
    'a text',
    'write it in quotes',
  ),
  v.check(
    isArgument,
    'expected placeholders like {input.url} or {input.from.url}; write {{ and }} for braces',
  ),
);

/** The arguments that replace the image's own. */
export const command = v.pipe(
  v.array(argument, ({ input }) =>
    fault('a list of arguments', input, 'write e.g. `command: [-i, "{input.url}", out.mp4]`'),
  ),
  v.check(
    (list) => list.length > 0,
    'expected at least one argument; leave command out for the image’s own',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    const at = dataset.typed ? scriptAt(dataset.value) : undefined;
    if (!dataset.typed || at === undefined) return;
    addIssue({
      message:
        'a shell would run what a message says here; give it as an argument of its own, ' +
        'e.g. `[sh, -c, \'sha256sum "$1"\', sh, "{input.path}"]`',
      path: [
        { type: 'array', origin: 'value', input: dataset.value, key: at, value: dataset.value[at] },
      ],
    });
  }),
);

/** The size of Fargate's disk. */
export const diskGiB = whole(toolRanges.diskGiB, 'Fargate gives 20 GiB where nothing is said');

/** Fargate and Fargate Spot have both. */
export const architecture = value<Architecture>(
  (input) => input === 'x86_64' || input === 'arm64',
  'x86_64 or arm64',
  'it is what the image was built for',
);

const shell = /^(.*\/)?(ba|da|a|k|z)?sh$/;

/** The index of the argument in which a shell would run the value of a placeholder; undefined when there is none. */
const scriptAt = (command: readonly string[]): number | undefined => {
  // Not only as the first argument: a program such as env or timeout may start it.
  const by = command.findIndex((one) => shell.test(one));
  if (by === -1) return undefined;
  const at = command.findIndex((one, index) => index > by && /^-[a-z]*c$/.test(one)) + 1;
  return at > 0 && hasPlaceholder(command[at] ?? '') ? at : undefined;
};
