import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { codes } from './codes.ts';
import { Trouble } from './trouble.ts';

/** The stage of every local stack. */
export const localStage = 'local';

const localStack = v.object({
  aws: v.string(),
  region: v.string(),
  stage: v.string(),
  table: v.string(),
  accessKeyId: v.string(),
  secretAccessKey: v.string(),
});
type Said = v.InferOutput<typeof localStack>;

/** What a `local.json` says that is believed: its `aws` is on this machine. */
export type LocalStack = Said & { readonly stage: typeof localStage };

/** What lies in a folder: a local stack, or a file that is not believed, with the sentence that says why and what to do. */
export type Found = { readonly stack: LocalStack } | { readonly why: string };

/**
 * Looks for a local stack in a folder. Who controls `local.json` receives what is submitted, with its presigned URLs: so file and
 * folder must belong to this user alone, and lead to this machine. Throws a `Trouble` where it cannot be read.
 */
export const localStackIn = (folder: string): Found | undefined => {
  const path = join(folder, 'local.json');
  try {
    lstatSync(path);
    // The folder first: in one of this user's alone, the file can be nothing of another's, a pipe that holds us up among it.
    const stranger = strangeness(folder) ?? strangeness(path);
    if (stranger !== undefined) return { why: notBelieved(path, stranger) };
    return judged(path, readFileSync(path, 'utf8'));
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (cause instanceof Trouble) throw cause;
    throw new Trouble(
      codes.trouble,
      `${path} must be readable to find the local stack, but only who started that may read it, as it holds a password (${cause}). Run this as that user, or name a stage on AWS: --stage or DAVIT_STAGE.`,
      cause,
    );
  }
};

const othersMayWrite = 0o022;

/** Why others may have written here; undefined where they cannot, and on Windows, which has no user ids. */
const strangeness = (path: string): string | undefined => {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const target = statSync(path);
  // A link too is somebody's: in /tmp everybody can make one.
  const owners: readonly Stats[] = [lstatSync(path), target];
  const other = owners.find(({ uid }) => uid !== user);
  if (other) return `${path} belongs to user ${other.uid}, and this is user ${user}`;
  return (target.mode & othersMayWrite) === 0
    ? undefined
    : `other users may write to ${path} (chmod go-w '${path}')`;
};

const notBelieved = (path: string, why: string): string =>
  `${path} is not believed to be your local stack: ${why}. Remove it if it is yours and start the stack again with \`npm start\`, go to another folder, or name a stage on AWS: --stage or DAVIT_STAGE.`;

const judged = (path: string, text: string): Found => {
  const { stage, ...said } = parsed(path, text);
  if (stage !== localStage) {
    return { why: notBelieved(path, `its stage is "${stage}", not "${localStage}"`) };
  }
  return isOnThisMachine(said.aws)
    ? { stack: { ...said, stage: localStage } }
    : { why: notBelieved(path, `its aws is "${said.aws}", not http:// on 127.0.0.1`) };
};

const parsed = (path: string, text: string): Said => {
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

const isOnThisMachine = (aws: string): boolean => {
  const url = URL.parse(aws);
  return url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
};

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error &&
  'code' in cause &&
  (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
