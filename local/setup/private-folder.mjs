import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a folder that its user alone can enter, or makes sure of one; an open one of an older release is closed with all that is in it.
 * Answers the sentence that says why a folder cannot be used, and leaves it as it is: it, a link to it, or something in an open one
 * belongs to another user, or an open one holds what Davit has not put there. `isFixed` where DAVIT_DIR chooses no other folder.
 * @param {string} path
 * @param {{ isFixed?: boolean }} [options]
 * @returns {string | undefined} */
export const troubleWithFolder = (path, { isFixed = false } = {}) => {
  const unmade = troubleWithMaking(path, isFixed);
  if (unmade !== undefined) return unmade;
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const folder = statSync(path);
  if (folder.uid !== user) return belongsElsewhere(path, { owner: folder.uid, user, isFixed });
  // The link too: in /tmp everybody can make one.
  const stranger = strangerAmong([path], user);
  if (stranger !== undefined) {
    return belongsElsewhere(path, { owner: stranger.uid, user, isFixed });
  }
  if ((folder.mode & othersBits) === 0) return undefined;
  const before = troubleWithin(path, { user, isFixed });
  if (before !== undefined) return before;
  chmodSync(path, folder.mode & ~othersBits);
  for (const one of below(path)) close(one, user);
  // Until now others could leave something after the look; now they can leave no more.
  const trouble = troubleWithin(path, { user, isFixed });
  if (trouble !== undefined) chmodSync(path, folder.mode);
  return trouble;
};

/** Whether Davit writes something of this name into its folder. By these names a folder of an older release is known, which was open.
 * @param {string} name */
export const isOurs = (name) => ours.some((known) => known.test(name));

const othersBits = 0o077;

const ours = [
  /^(stack|setup)\.lock(\..+)?$/,
  /^setup-[a-z]+\.(log|pid)$/,
  /^(local|operator|secrets|ssm)\.json(\..+)?$/,
  /^(dynamodb|ecs|queues)\.jsonl(\..+)?$/,
  /^(children|demo|films|functions|images|logs|package|rabbitmq|scratch)$/,
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
      ? `${path} must be a folder, but cannot be made (${code}): look at what is above it${elsewhere}.`
      : `${path} must be a folder, but is ${found}: move it away or remove it (rm '${path}')${elsewhere}.`;
  }
};

/** What stands in the place of a folder.
 * @param {string} path */
const foundAt = (path) => {
  try {
    return lstatSync(path).isSymbolicLink() ? 'a link that leads to none' : 'a file';
  } catch {
    return undefined;
  }
};

/** @param {string} path
 * @param {{ owner: number, user: number, isFixed: boolean }} whose */
const belongsElsewhere = (path, { owner, user, isFixed }) => {
  const wayOut = isFixed
    ? `start Davit as user ${owner} (in a container: --user ${owner})`
    : 'choose another folder with DAVIT_DIR';
  return `${path} must belong to user ${user}, who starts Davit, but belongs to user ${owner}: ${wayOut}, or, where you trust what is in it, make it yours (sudo chown -hR "$(id -un)" '${path}').`;
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

/** Why what is in an open folder keeps it from being taken.
 * @param {string} path
 * @param {{ user: number, isFixed: boolean }} whose */
const troubleWithin = (path, { user, isFixed }) => {
  const stranger = strangerAmong(below(path), user);
  if (stranger !== undefined) {
    return belongsElsewhere(stranger.path, { owner: stranger.uid, user, isFixed });
  }
  const other = readdirSync(path).find((name) => !isOurs(name));
  if (other === undefined) return undefined;
  const wayOut = isFixed
    ? 'close it yourself'
    : 'choose an empty folder with DAVIT_DIR, or close this one yourself';
  return `${path} is open to other users and holds what is not Davit's (${other}): ${wayOut} (chmod 700 '${path}').`;
};

/** Everything in a folder, at any depth; no link is followed. A stack that is running may take something away meanwhile.
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
