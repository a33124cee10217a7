import type { Reach } from '../shared/aws/reach.ts';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';
import { type LocalStack, localStage, readLocalStack } from './local-stack.ts';

/** One deployment of Davit: its stage, how its AWS is reached, and the names of its parts. */
export interface Deployment {
  readonly stage: string;
  readonly isLocal: boolean;
  readonly reach: Reach;
  readonly table: string;
  readonly parameters: string;
  readonly logGroup: string;
  readonly control: string;
  /** For sentences: `stage dev on AWS in eu-central-1`. */
  readonly description: string;
}

/** How to find the deployment: the options and the environment, and the folders of local stacks. */
export interface DeploymentOptions {
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders that may hold the local stack's `local.json`; the first folder that has one is used. */
  readonly folders: readonly string[];
  /** Gets the sentence about a local stack that is not used. */
  readonly remark: (sentence: string) => void;
}

/** How the deployment is found, for `--help`. */
export const deploymentHelp = [
  'The stage: --stage, or DAVIT_STAGE, or the local stack of .davit/local.json (`npm start` writes that file).',
  'Every stage other than `local` is on AWS: in --region, or AWS_REGION, or the region of the profile, with the usual',
  'credentials of the AWS SDK. Times are in UTC.',
];

/** Finds the deployment, or throws with a sentence that says how to name one. */
export const findDeployment = (options: DeploymentOptions): Deployment => {
  const { region } = options;
  const stage = options.stage || options.env.DAVIT_STAGE;
  // A file in a folder must not decide where a stage on AWS is.
  const local = !stage || stage === localStage ? findLocalStack(options, stage) : undefined;
  if (local) {
    if (!region || region === local.region) return onThisMachine(local);
    throw new CommandError(
      codes.usage,
      `Stage ${local.stage} is the local stack at ${local.aws}, and its only region is ${local.region}. Leave --region out, or name a stage on AWS.`,
    );
  }
  if (!stage) {
    throw new CommandError(
      codes.usage,
      'No stage is named and no local stack is running. For a stage on AWS give --stage or DAVIT_STAGE; to start a local stack use `npm start`.',
    );
  }
  return {
    ...namesOf(stage),
    isLocal: false,
    reach: region ? { region } : {},
    description: `stage ${stage} on AWS${region ? ` in ${region}` : ''}`,
  };
};

/** The first local stack that can be trusted. For another one it throws, or only remarks where the stage `local` is named. */
const findLocalStack = (
  { folders, remark }: DeploymentOptions,
  stage: string | undefined,
): LocalStack | undefined => {
  for (const folder of folders) {
    const found = readLocalStack(folder);
    if (found === undefined) continue;
    if ('stack' in found) return found.stack;
    if (!stage) throw new CommandError(codes.error, found.why);
    remark(found.why);
  }
  return undefined;
};

const onThisMachine = (local: LocalStack): Deployment => ({
  ...namesOf(local.stage),
  isLocal: true,
  table: local.table,
  reach: {
    region: local.region,
    endpoint: local.aws,
    credentials: { accessKeyId: local.accessKeyId, secretAccessKey: local.secretAccessKey },
  },
  description: `the local stack at ${local.aws}`,
});

const namesOf = (stage: string) => ({
  stage,
  table: `davit-${stage}-tasks`,
  parameters: `/davit/${stage}/tools`,
  logGroup: `/davit/${stage}/tools`,
  control: `davit-${stage}-control`,
});
