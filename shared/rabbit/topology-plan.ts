import { droppedQueue } from '../wire/rabbit-event.ts';
import type { Login } from './dial.ts';
import { type LimitStep, limitsOf } from './queue-limits.ts';

/** The functions' user and the web server's, whose passwords lie in their secrets. */
export interface TopologyUsers {
  readonly functions: Login;
  readonly publisher: Login;
}

/**
 * One thing that must be there, by its path in the management API.
 * `declare`: made when it is missing, compared when it is there, never changed. `bind`: the same, in a list; `unbind`: taken
 * out of that list, a binding that an older Davit made and no other.
 * `set`: put as it should be, every time or when it differs. `limit`: see `LimitStep`.
 */
export type Step =
  | LimitStep
  | ({
      readonly what: string;
      readonly path: string;
      readonly body: Readonly<Record<string, unknown>>;
    } & (
      | { readonly kind: 'declare' | 'bind' | 'unbind' }
      | { readonly kind: 'set'; readonly compared: boolean }
    ));

interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

const nothing = '^$';
const everything = '.*';

/** The functions declare nothing; they consume what the triggers read, and reply to any queue by the default exchange. */
export const functionsMay: Permissions = {
  configure: nothing,
  write: '^(davit[.]events|amq[.]default)$',
  read: '^davit[.](tasks|control|dropped)$',
};

/**
 * The web server publishes, and declares and reads queues for replies: those that the server names, and those under the
 * prefix. It may bind none: a full queue of its own that refuses messages would make `davit.events` refuse everybody's.
 */
export const publisherMay = (replyPrefix: string) => {
  const named = `${replyPrefix.replaceAll('.', '[.]')}.+`;
  return {
    configure: `^(amq[.]gen-.+|${named})$`,
    write: '^davit$',
    read: `^(amq[.]gen-.+|amq[.]rabbitmq[.]reply-to|${named})$`,
  } as const satisfies Permissions;
};

/** By the default exchange one reaches every queue, `davit.dead` too: for somebody who tries Davit out on his own machine. */
export const localPublisherMay = (replyPrefix: string): Permissions => ({
  ...publisherMay(replyPrefix),
  write: '^(davit|amq[.]default)$',
});

/** The management API checks declarations against the administrator's own permissions. */
const administratorMay: Permissions = {
  configure: everything,
  write: everything,
  read: everything,
};

const deadExchange = 'davit.dlx';

/** How often a message may come again: without limit, for a batch that fails often must not lose its messages. */
export const deliveryLimit = -1;

/** Whom the broker serves, and where. */
export interface TopologySite {
  readonly stage: string;
  readonly virtualHost: string;
  readonly administrator: string;
  readonly users: TopologyUsers;
  readonly replyPrefix: string;
}

/** Everything that Davit needs of a broker, in an order in which each thing finds what it stands on. */
export const stepsOf = (
  rabbitVersion: string,
  { stage, virtualHost, administrator, users, replyPrefix }: TopologySite,
): readonly Step[] => {
  const vhost = encodeURIComponent(virtualHost);
  const limit = unlimited(rabbitVersion);
  const toDead = { ...limit, 'x-dead-letter-exchange': deadExchange };
  return [
    { kind: 'declare', what: `virtual host ${virtualHost}`, path: `vhosts/${vhost}`, body: {} },
    permissions(vhost, administrator, administratorMay),
    exchange(vhost, 'davit', 'direct'),
    exchange(vhost, 'davit.events', 'topic'),
    exchange(vhost, deadExchange, 'fanout'),
    queue(vhost, 'davit.dead', limit),
    queue(vhost, droppedQueue, limit),
    queue(vhost, 'davit.tasks', toDead),
    queue(vhost, 'davit.control', toDead),
    ...limitsOf(vhost, rabbitVersion, stage),
    binding(vhost, 'davit', 'davit.tasks', 'davit.tasks'),
    binding(vhost, 'davit', 'davit.control', 'davit.control'),
    // Bound before the other is unbound: in between a message comes twice, and not never.
    binding(vhost, deadExchange, droppedQueue, ''),
    unbound(vhost, deadExchange, 'davit.dead', ''),
    user(users.functions),
    permissions(vhost, users.functions.username, functionsMay),
    user(users.publisher),
    permissions(
      vhost,
      users.publisher.username,
      (stage === 'local' ? localPublisherMay : publisherMay)(replyPrefix),
    ),
  ];
};

/**
 * RabbitMQ 4 drops a message of a quorum queue after 20 deliveries unless it is told not to; before, there was no such
 * limit, and 3.10 takes -1 for "none at all" and drops after the first (design § 4).
 */
const unlimited = (rabbitVersion: string): Readonly<Record<string, unknown>> =>
  Number.parseInt(rabbitVersion, 10) >= 4 ? { 'x-delivery-limit': deliveryLimit } : {};

const permissions = (vhost: string, username: string, may: Permissions): Step => ({
  kind: 'set',
  what: `permissions of ${username}`,
  path: `permissions/${vhost}/${encodeURIComponent(username)}`,
  body: { ...may },
  compared: true,
});

const exchange = (vhost: string, name: string, type: string): Step => ({
  kind: 'declare',
  what: `exchange ${name}`,
  path: `exchanges/${vhost}/${name}`,
  body: { type, durable: true, auto_delete: false, internal: false, arguments: {} },
});

const queue = (vhost: string, name: string, args: Readonly<Record<string, unknown>>): Step => ({
  kind: 'declare',
  what: `queue ${name}`,
  path: `queues/${vhost}/${name}`,
  body: { durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum', ...args } },
});

const binding = (vhost: string, from: string, to: string, key: string): Step => ({
  kind: 'bind',
  what: `binding of ${to} to ${from}`,
  path: `bindings/${vhost}/e/${from}/q/${to}`,
  body: { routing_key: key, arguments: {} },
});

/** Of an older Davit, by which what the broker dropped went to `davit.dead` as it was: without a row, a reason or a reply. */
const unbound = (vhost: string, from: string, to: string, key: string): Step => {
  const { what, path, body } = binding(vhost, from, to, key);
  return { kind: 'unbind', what: `${what}, which an older Davit made`, path, body };
};

const user = ({ username, password }: Login): Step => ({
  kind: 'set',
  what: `user ${username}`,
  path: `users/${encodeURIComponent(username)}`,
  body: { password, tags: '' },
  // The broker keeps a salted hash: a password can only be set, not compared.
  compared: false,
});
