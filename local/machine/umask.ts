/** The umask of this stack's processes. Only its user may read what they write: message bodies, presigned URLs, passwords. */
export const ownUmask = 0o077;

/** The umask of a container. */
export const containerUmask = 0o022;

/** Runs a synchronous function under another umask; a process that it starts keeps that umask. */
export const withUmask = <T>(mask: number, act: () => T): T => {
  const before = process.umask(mask);
  try {
    return act();
  } finally {
    process.umask(before);
  }
};
