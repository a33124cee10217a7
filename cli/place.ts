import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Reach } from '../shared/aws/reach.ts';
import { codes } from './codes.ts';
import { Trouble } from './trouble.ts';

/** The Davit that a command talks to: a stage, how AWS is reached for it, and the names of its parts. */
export interface Place {
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
}

const localStack = v.object({
  aws: v.string(),
  region: v.string(),
  stage: v.string(),
  table: v.string(),
  accessKeyId: v.string(),
  secretAccessKey: v.string(),
});
type LocalStack = v.InferOutput<typeof localStack>;

/** How the place is found, for `--help`. */
export const placeHelp = [
  'Where it talks to: --stage, else DAVIT_STAGE, else the local stack of .davit/local.json (npm start writes it).',
  "A stage that is not the local stack's is on AWS: in --region, else AWS_REGION or the profile's, with the SDK's usual",
  'credentials. Times are UTC.',
];

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error &&
  'code' in cause &&
  (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');

/** The stage of every local stack. */
const localStage = 'local';

const readText = (path: string, stage: string | undefined): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    // Somebody else's local stack is in nobody's way to AWS.
    if (isMissing(cause) || (stage && stage !== localStage)) return undefined;
    throw new Trouble(
      codes.trouble,
      `${path} must be readable to find the local stack, but only who started that may read it, as it holds a password (${cause}). Run this as that user, or name a stage on AWS: --stage or DAVIT_STAGE.`,
      cause,
    );
  }
};

const localStackIn = (folder: string, stage: string | undefined): LocalStack | undefined => {
  const path = join(folder, 'local.json');
  const text = readText(path, stage);
  if (text === undefined) return undefined;
  try {
    return v.parse(localStack, JSON.parse(text));
  } catch (cause) {
    throw new Trouble(
      codes.trouble,
      `${path} does not say where the local stack is. Start it again with \`npm start\`, or remove the file.`,
      cause,
    );
  }
};

const firstOf = (folders: readonly string[], stage: string | undefined): LocalStack | undefined => {
  for (const folder of folders) {
    const found = localStackIn(folder, stage);
    if (found) return found;
  }
  return undefined;
};

const namesOf = (stage: string) => ({
  stage,
  table: `davit-${stage}-tasks`,
  parameters: `/davit/${stage}/tools`,
  logGroup: `/davit/${stage}/tools`,
  control: `davit-${stage}-control`,
});

const onThisMachine = (local: LocalStack): Place => ({
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

/** Finds the place, or throws with a sentence that says how to name one. */
export const placeOf = ({ stage: option, region, env, folders }: Asked): Place => {
  const stage = option || env.DAVIT_STAGE;
  const local = firstOf(folders, stage);
  if (local && (!stage || stage === local.stage)) {
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
