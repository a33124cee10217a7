import type { Reach } from '../shared/aws/reach.ts';
import { codes } from './codes.ts';
import { type LocalStack, localStackIn, localStage } from './local-stack.ts';
import { Trouble } from './trouble.ts';

/** The Davit that a command talks to: a stage, how AWS is reached for it, and the names of its parts. */
export interface Deployment {
  readonly stage: string;
  readonly isLocal: boolean;
  readonly reach: Reach;
  readonly table: string;
  readonly parameters: string;
  readonly logGroup: string;
  readonly control: string;
  /** For sentences: `stage dev in eu-central-1`. */
  readonly called: string;
}

/** What was asked for by options, and where to look for what was not. */
export interface Asked {
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders that may hold the local stack's `local.json`, the first one that does counts. */
  readonly folders: readonly string[];
  /** Takes the sentence about a local stack that is passed over. */
  readonly remark: (sentence: string) => void;
}

/** How the place is found, for `--help`. */
export const placeHelp = [
  'Where it talks to: --stage, else DAVIT_STAGE, else the local stack of .davit/local.json (npm start writes it).',
  "A stage that is not the local stack's is on AWS: in --region, else AWS_REGION or the profile's, with the SDK's usual",
  'credentials. Times are UTC.',
];

/** Finds the place, or throws with a sentence that says how to name one. */
export const placeOf = (asked: Asked): Deployment => {
  const { region } = asked;
  const stage = asked.stage || asked.env.DAVIT_STAGE;
  // What lies in a folder has no say in where a stage on AWS is.
  const local = !stage || stage === localStage ? firstOf(asked, stage) : undefined;
  if (local) {
    if (!region || region === local.region) return onThisMachine(local);
    throw new Trouble(
      codes.usage,
      `Stage ${local.stage} is the local stack at ${local.aws}, which has no other region than ${local.region}: leave --region out, or name a stage on AWS.`,
    );
  }
  if (!stage) {
    throw new Trouble(
      codes.usage,
      'No stage is named and no local stack is running: give --stage or DAVIT_STAGE for one on AWS, or start one here with `npm start`.',
    );
  }
  return {
    ...namesOf(stage),
    isLocal: false,
    reach: region ? { region } : {},
    called: `stage ${stage} on AWS${region ? ` in ${region}` : ''}`,
  };
};

/** The first local stack that is believed. One that is not is passed over with a remark where the local stage is named, and thrown else. */
const firstOf = ({ folders, remark }: Asked, stage: string | undefined): LocalStack | undefined => {
  for (const folder of folders) {
    const found = localStackIn(folder);
    if (found === undefined) continue;
    if ('stack' in found) return found.stack;
    if (!stage) throw new Trouble(codes.trouble, found.why);
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
  called: `the local stack at ${local.aws}`,
});

const namesOf = (stage: string) => ({
  stage,
  table: `davit-${stage}-tasks`,
  parameters: `/davit/${stage}/tools`,
  logGroup: `/davit/${stage}/tools`,
  control: `davit-${stage}-control`,
});
