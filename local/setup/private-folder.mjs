import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';

/** Makes a folder that its user alone can enter, or makes sure of one. Answers the sentence that says why it cannot be used, where it
 * belongs to another user, also as a link, or is open and holds what Davit has not put there: that one is left as it is.
 * @param {string} path
 * @returns {string | undefined} */
export function troubleWithFolder(path) {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const folder = statSync(path);
  // The link as well: in /tmp everybody can make one.
  const stranger = [lstatSync(path), folder].find(({ uid }) => uid !== user);
  if (stranger !== undefined) {
    return `${path} must belong to user ${user}, who starts Davit, but belongs to user ${stranger.uid}: give it to yourself (sudo chown -hR "$(id -un)" '${path}'), or choose another folder with DAVIT_DIR.`;
  }
  if ((folder.mode & 0o077) === 0) return undefined;
  const [other] = readdirSync(path).filter((name) => !isOurs(name));
  if (other !== undefined) {
    return `${path} is open to other users and holds what is not Davit's (${other}): choose an empty folder with DAVIT_DIR, or close this one yourself (chmod 700 '${path}').`;
  }
  chmodSync(path, 0o700);
  return undefined;
}

/** Whether Davit writes something of this name into its folder. By these names a folder of an older release is known, which was open.
 * @param {string} name */
export const isOurs = (name) => ours.some((known) => known.test(name));

const ours = [
  /^(stack|setup)\.lock(\..+)?$/,
  /^setup-[a-z]+\.(log|pid)$/,
  /^(local|secrets|ssm)\.json(\..+)?$/,
  /^(dynamodb|ecs|queues)\.jsonl(\..+)?$/,
  /^(children|demo|films|functions|images|logs|package|rabbitmq|scratch)$/,
];
