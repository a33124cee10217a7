import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Makes sure that a folder exists which its user alone can enter. An open folder of an older release is closed with all that is in it.
 * When the folder cannot be used, returns a sentence about the reason, and changes nothing: the folder, a link to it, or something in
 * an open folder belongs to another user, or an open folder contains a file that is not Davit's. `isFixed` when DAVIT_DIR cannot
 * choose another folder.
 * @param {string} path
 * @param {{ isFixed?: boolean }} [options]
 * @returns {string | undefined} */
export const troubleWithFolder = (path, { isFixed = false } = {}) => {
  const unmade = troubleWithMaking(path, isFixed);
  if (unmade !== undefined) return unmade;
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const folder = statSync(path);
  if (folder.uid !== user) return belongsToOther(path, { owner: folder.uid, user, isFixed });
  // The link too: in /tmp every user can make one.
  const stranger = strangerAmong([path], user);
  if (stranger !== undefined) {
    return belongsToOther(path, { owner: stranger.uid, user, isFixed });
  }
  if ((folder.mode & othersBits) === 0) return undefined;
  const before = troubleWithin(path, { user, isFixed });
  if (before !== undefined) return before;
  chmodSync(path, folder.mode & ~othersBits);
  for (const one of below(path)) close(one, user);
  // Others could add something after the first check; now they cannot any more, so check again.
  const trouble = troubleWithin(path, { user, isFixed });
  if (trouble !== undefined) chmodSync(path, folder.mode);
  return trouble;
};

/** Whether Davit writes a file of this name into its folder. These names identify the folder of an older release, which was open.
 * @param {string} name */
export const isOurs = (name) => ours.some((known) => known.test(name));

const othersBits = 0o077;

const ours = [
  /^(stack|setup)\.lock(\..+)?$/,
  /^setup-[a-z]+\.(log|pid)$/,
  /^(local|operator|secrets|ssm)\.json(\..+)?$/,
  /^(dynamodb|ecs|queues)\.jsonl(\..+)?$/,
  /^(children|demo|films|functions|images|logs|package|rabbitmq|scratch|simulation)$/,
  // Of an older release, and of macOS.
  /^(dynamodb|\.DS_Store)$/,
];

const noFolder = new Set(['EEXIST', 'ELOOP', 'ENOENT', 'ENOTDIR']);

/** @param {string} path
 * @param {boolean} isFixed */
const troubleWithMaking = (path, isFixed) => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!noFolder.has(code)) throw error;
    const elsewhere = isFixed ? '' : ', or choose another folder with DAVIT_DIR';
    const found = foundAt(path);
    return found === undefined
      ? `${path} must be a folder, but cannot be made (${code}): check the folders above it${elsewhere}.`
      : `${path} must be a folder, but is ${found}: move or remove it (rm '${path}')${elsewhere}.`;
  }
};

/** What is at the path instead of a folder.
 * @param {string} path */
const foundAt = (path) => {
  try {
    return lstatSync(path).isSymbolicLink() ? 'a link that does not lead to a folder' : 'a file';
  } catch {
    return undefined;
  }
};

/** @param {string} path
 * @param {{ owner: number, user: number, isFixed: boolean }} whose */
const belongsToOther = (path, { owner, user, isFixed }) => {
  const wayOut = isFixed
    ? `start Davit as user ${owner} (in a container: --user ${owner})`
    : 'choose another folder with DAVIT_DIR';
  return `${path} must belong to user ${user}, who starts Davit, but belongs to user ${owner}: ${wayOut}, or, where you trust what is in it, change its owner (sudo chown -hR "$(id -un)" '${path}').`;
};

/** @param {readonly string[]} paths
 * @param {number} user */
const strangerAmong = (paths, user) => {
  for (const path of paths) {
    const uid = lstatSync(path, { throwIfNoEntry: false })?.uid;
    if (uid !== undefined && uid !== user) return { path, uid };
  }
  return undefined;
};

/** The reason why an open folder cannot be used because of its content.
 * @param {string} path
 * @param {{ user: number, isFixed: boolean }} whose */
const troubleWithin = (path, { user, isFixed }) => {
  const stranger = strangerAmong(below(path), user);
  if (stranger !== undefined) {
    return belongsToOther(stranger.path, { owner: stranger.uid, user, isFixed });
  }
  const other = readdirSync(path).find((name) => !isOurs(name));
  if (other === undefined) return undefined;
  const wayOut = isFixed
    ? 'close it yourself'
    : 'choose an empty folder with DAVIT_DIR, or close this one yourself';
  return `${path} is open to other users and contains a file that is not Davit's (${other}): ${wayOut} (chmod 700 '${path}').`;
};

/** Everything in a folder, at any depth; links are not followed. A running stack may remove something at the same time.
 * @param {string} path
 * @returns {string[]} */
const below = (path) => {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const one = join(path, entry.name);
      return entry.isDirectory() ? [one, ...below(one)] : [one];
    });
  } catch {
    return [];
  }
};

/** @param {string} path
 * @param {number} user */
const close = (path, user) => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.uid !== user || found.isSymbolicLink()) return;
  chmodSync(path, found.mode & ~othersBits);
};
