/** What a process of this stack writes is for its user alone: message bodies, presigned URLs, passwords. */
export const ownUmask = 0o077;

/** The umask of a container. */
export const containerUmask = 0o022;

/** Does something that does not wait, such as starting a process, under another umask, which a child keeps. */
export const withUmask = <T>(mask: number, act: () => T): T => {
  const before = process.umask(mask);
  try {
    return act();
  } finally {
    process.umask(before);
  }
};
