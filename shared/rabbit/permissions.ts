/** The permissions of a user on the virtual host: patterns of names of queues and exchanges. */
export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

const nothing = '^$';
const everything = '.*';

/** The functions declare nothing. Their triggers consume, and they reply to any queue through the default exchange. */
export const functionsMay: Permissions = {
  configure: nothing,
  write: '^(davit[.]events|amq[.]default)$',
  read: '^davit[.](tasks|control|doorbells|dropped)$',
};

/**
 * The web server publishes. It declares and reads queues for replies: those that the broker names, and those with the prefix. It
 * may not bind them to `davit.events`: if such a queue is full and refuses messages, the exchange refuses the events of all.
 */
export const publisherMay = (replyPrefix: string) => {
  const named = `${replyPrefix.replaceAll('.', '[.]')}.+`;
  return {
    configure: `^(amq[.]gen-.+|${named})$`,
    write: '^davit$',
    read: `^(amq[.]gen-.+|amq[.]rabbitmq[.]reply-to|${named})$`,
  } as const satisfies Permissions;
};

/** Also through the default exchange, which reaches every queue, `davit.dead` too: only for a person who tries Davit out on their own machine. */
export const localPublisherMay = (replyPrefix: string): Permissions => ({
  ...publisherMay(replyPrefix),
  write: '^(davit|amq[.]default)$',
});

/** The management API checks declarations against the administrator's own permissions. */
export const administratorMay: Permissions = {
  configure: everything,
  write: everything,
  read: everything,
};
