import { droppedQueue } from '../wire/rabbit-event.ts';
import type { Login } from './dial.ts';
import {
  administratorMay,
  functionsMay,
  localPublisherMay,
  type Permissions,
  publisherMay,
} from './permissions.ts';
import { type LimitStep, limitsOf } from './queue-limits.ts';

/** The users of the functions and of the web server, with the passwords from their secrets. */
export interface TopologyUsers {
  readonly functions: Login;
  readonly publisher: Login;
}

/**
 * One thing that the broker must have, with its path in the management API.
 * `declare`: created when it is missing, else compared and never changed. `bind`: the same for a binding in a list. `unbind`: removes
 * a binding that an older Davit made. `set`: written every time, or (`compared`) only when it differs. `limit`: see `LimitStep`.
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

const deadExchange = 'davit.dlx';

/** How often a message may be delivered again: -1 is without limit. A batch that fails often must not lose its messages. */
export const deliveryLimit = -1;

/** The users of the broker, and the names that the plan needs. */
export interface TopologySite {
  readonly stage: string;
  readonly virtualHost: string;
  readonly administrator: string;
  readonly users: TopologyUsers;
  readonly replyPrefix: string;
}

/** Everything that Davit needs on a broker, in an order in which each thing comes after what it needs. */
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
    // A doorbell that is lost comes again, so it needs no dead letter.
    queue(vhost, 'davit.doorbells', limit),
    ...limitsOf(vhost, rabbitVersion, stage),
    binding(vhost, 'davit', 'davit.tasks', 'davit.tasks'),
    binding(vhost, 'davit', 'davit.control', 'davit.control'),
    // The new binding comes first: in between, a message arrives twice instead of not at all.
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
 * RabbitMQ 4 drops a message of a quorum queue after 20 deliveries unless this argument is set. Earlier versions have no such
 * limit, and 3.10 reads -1 as "no delivery" and drops a message after the first one.
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

/** The binding of an older Davit. Through it, dropped messages went to `davit.dead` unchanged: without a row, a reason or a reply. */
const unbound = (vhost: string, from: string, to: string, key: string): Step => {
  const { what, path, body } = binding(vhost, from, to, key);
  return { kind: 'unbind', what: `${what}, which an older Davit made`, path, body };
};

const user = ({ username, password }: Login): Step => ({
  kind: 'set',
  what: `user ${username}`,
  path: `users/${encodeURIComponent(username)}`,
  body: { password, tags: '' },
  // The broker stores a salted hash: a password can be set, but not compared.
  compared: false,
});
