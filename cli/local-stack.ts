import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { codes } from './codes.ts';
import { CommandError } from './command-error.ts';

/** The stage of every local stack. */
export const localStage = 'local';

const localStackFile = v.object({
  aws: v.string(),
  region: v.string(),
  stage: v.string(),
  table: v.string(),
  accessKeyId: v.string(),
  secretAccessKey: v.string(),
});

type LocalStackFile = v.InferOutput<typeof localStackFile>;

/** A trusted `local.json`: its `aws` is an address of this machine. */
export interface LocalStack extends LocalStackFile {
  readonly stage: typeof localStage;
}

interface Trusted {
  readonly stack: LocalStack;
}

/** A file that is not trusted; `why` says the reason, and what to do. */
interface Untrusted {
  readonly why: string;
}

/**
 * Reads the `local.json` of a folder; undefined when there is none. A user who controls this file receives what is
 * submitted, presigned URLs included. So the file and the folder must belong to this user alone, and name an address of this machine.
 * Throws a `CommandError` when the file cannot be read.
 */
export const readLocalStack = (folder: string): Trusted | Untrusted | undefined => {
  const path = join(folder, 'local.json');
  try {
    lstatSync(path);
    // The folder is checked first: in a folder of this user alone, the file cannot be another user's pipe that never ends.
    const why = whyUntrusted(folder) ?? whyUntrusted(path);
    if (why !== undefined) return { why: untrusted(path, why) };
    return checkContent(path, readFileSync(path, 'utf8'));
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(
      codes.error,
      `${path} must be readable to find the local stack, but it cannot be read (${cause}). It holds a password, so only the user who started the stack may read it. Run this as that user, or name a stage on AWS with --stage or DAVIT_STAGE.`,
      cause,
    );
  }
};

const othersMayWrite = 0o022;

/** Why others may have written to this path; undefined where they cannot, and on Windows, which has no user ids. */
const whyUntrusted = (path: string): string | undefined => {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const target = statSync(path);
  // A link has an owner too: in /tmp every user can make one.
  const owners: readonly Stats[] = [lstatSync(path), target];
  const other = owners.find(({ uid }) => uid !== user);
  if (other) return `${path} belongs to user ${other.uid}, and you are user ${user}`;
  return (target.mode & othersMayWrite) === 0
    ? undefined
    : `other users may write to ${path} (chmod go-w '${path}')`;
};

const untrusted = (path: string, why: string): string =>
  `${path} is not trusted as your local stack: ${why}. If it is yours, remove it and start the stack again with \`npm start\`. Otherwise go to another folder, or name a stage on AWS with --stage or DAVIT_STAGE.`;

const checkContent = (path: string, text: string): Trusted | Untrusted => {
  const { stage, ...file } = parseFile(path, text);
  if (stage !== localStage) {
    return { why: untrusted(path, `its stage is "${stage}", not "${localStage}"`) };
  }
  return isOnThisMachine(file.aws)
    ? { stack: { ...file, stage: localStage } }
    : { why: untrusted(path, `its aws is "${file.aws}", not http:// on 127.0.0.1`) };
};

const parseFile = (path: string, text: string): LocalStackFile => {
  try {
    return v.parse(localStackFile, JSON.parse(text));
  } catch (cause) {
    throw new CommandError(
      codes.error,
      `${path} does not say where the local stack is. Start it again with \`npm start\`, or remove the file.`,
      cause,
    );
  }
};

const isOnThisMachine = (aws: string): boolean => {
  const url = URL.parse(aws);
  return url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
};

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error &&
  'code' in cause &&
  (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
