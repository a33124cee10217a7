import type { Task } from '../core/task.ts';
import { isUnreachable, NotAsked } from '../core/unreachable.ts';
import type { Runs } from '../ports/runs.ts';
import type { Broker, Bus, Sent } from '../ports.ts';
import type { SendPorts } from './send-order.ts';

/**
 * The ports of one sweep with a circuit breaker for each peer: a sweep waits for a silent peer once, and not once for each
 * row. A peer that did not answer is not called again in this sweep, unless a call to it that was already under way is
 * answered. A refusal counts as an answer. Each reply queue is a peer of its own.
 */
export const withCircuits = (ports: SendPorts): SendPorts => {
  const circuits = circuitsOf(ports);
  return {
    ...ports,
    broker: brokerWith(ports.broker, circuits),
    bus: busWith(ports.bus, circuits),
    runs: runsWith(ports.runs, circuits),
    // A call that will not be made takes no turn of the others.
    pace: async () => {
      if (circuits.openFor([runTask]) === undefined) await ports.pace();
    },
  };
};

const runTask = 'ECS RunTask';

interface Circuits {
  /** Why these peers must not be called: one of them was silent. Undefined when they may be called. */
  readonly openFor: (peers: readonly string[]) => string | undefined;
  readonly markSilent: (peer: string, why: string) => void;
  readonly markAnswered: (peers: readonly string[]) => void;
}

const circuitsOf = ({ meter, log }: Pick<SendPorts, 'meter' | 'log'>): Circuits => {
  const silent = new Map<string, string>();
  return {
    openFor: (peers) => peers.flatMap((peer) => silent.get(peer) ?? [])[0],
    markSilent: (peer, why) => {
      if (silent.has(peer)) return;
      silent.set(peer, why);
      meter('PeersSilent');
      log('warn', 'peer.silent', { peer, why });
    },
    markAnswered: (peers) => {
      for (const peer of peers) silent.delete(peer);
    },
  };
};

const rabbit = 'RabbitMQ';

const brokerWith = (broker: Broker, circuits: Circuits): Broker => {
  const to = (address: string, send: () => Promise<Sent>) =>
    sending(circuits, [rabbit, address], send);
  const replies = repliesWith(circuits);
  return {
    ring: (taskId, run) => to('davit.doorbells', () => broker.ring(taskId, run)),
    bury: (task, effect) => to('davit.dead', () => broker.bury(task, effect)),
    announce: (task, effect) => to('davit.events', () => broker.announce(task, effect)),
    reply: (task, effect) => replies(task, () => broker.reply(task, effect)),
    answer: (address, answer) => to(replyQueues, () => broker.answer(address, answer)),
    submit: (taskId, body, priority) =>
      to('davit.tasks', () => broker.submit(taskId, body, priority)),
    backlog: async () => (circuits.openFor([rabbit]) === undefined ? broker.backlog() : undefined),
    doorbells: async () =>
      circuits.openFor([rabbit]) === undefined ? broker.doorbells() : undefined,
  };
};

/** Sends unless a peer is silent. `peers`: the whole peer, and the address within it. */
const sending = async (
  circuits: Circuits,
  peers: readonly [peer: string, address: string],
  send: () => Promise<Sent>,
): Promise<Sent> => {
  const open = circuits.openFor(peers);
  if (open !== undefined) return { kind: 'failed', why: notAsked(open), isSkipped: true };
  const sent = await send();
  if (sent.kind !== 'failed') circuits.markAnswered(peers);
  else if (sent.silent !== undefined)
    circuits.markSilent(sent.silent === 'peer' ? peers[0] : peers[1], sent.why);
  return sent;
};

const notAsked = (why: string): string => `not tried again in this sweep: ${why}`;

/** Replies go over a connection of their own, so that this peer is silent or not independently of the other one. */
const rabbitForReplies = 'RabbitMQ, for replies';
const replyQueues = 'reply queues';

/** When so many reply queues are silent, and none has answered, the cause is not in the queues. */
const mostSilentQueues = 3;

/**
 * Each reply queue is an address of its own, until `mostSilentQueues` are silent and none has answered. From then on, the
 * other queues are tried one at a time: otherwise a few queues that never answer would block the replies of all publishers.
 */
const repliesWith = (circuits: Circuits) => {
  const silent = new Set<string>();
  let hasAnswered = false;
  let isTrying = false;

  const sendTo = async (queue: string, send: () => Promise<Sent>): Promise<Sent> => {
    const sent = await sending(circuits, [rabbitForReplies, queue], send);
    if (sent.kind !== 'failed') {
      hasAnswered = true;
      circuits.markAnswered([replyQueues]);
    } else if (sent.silent === 'address') silent.add(queue);
    if (!hasAnswered && silent.size >= mostSilentQueues)
      circuits.markSilent(replyQueues, `${silent.size} of them did not answer`);
    return sent;
  };

  return async (task: Task, send: () => Promise<Sent>): Promise<Sent> => {
    const queue = `reply queue ${task.replyTo ?? ''}`;
    const open = circuits.openFor([replyQueues]);
    if (open === undefined) return sendTo(queue, send);
    if (isTrying || silent.has(queue))
      return { kind: 'failed', why: notAsked(open), isSkipped: true };
    isTrying = true;
    const sent = await sendTo(queue, send);
    isTrying = false;
    return sent;
  };
};

const busWith = (bus: Bus, circuits: Circuits): Bus => ({
  put: (task, effect) =>
    sending(circuits, ['EventBridge', 'EventBridge'], () => bus.put(task, effect)),
  putBroken: (version) =>
    sending(circuits, ['EventBridge', 'EventBridge'], () => bus.putBroken(version)),
});

/** Each operation of ECS is a peer of its own: runs are stopped even while reads hang. */
const runsWith = (runs: Runs, circuits: Circuits): Runs => {
  const asked = async <Answer>(call: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const peer = `ECS ${call}`;
    const open = circuits.openFor([peer]);
    if (open !== undefined) throw new NotAsked(`${peer} is ${notAsked(open)}`);
    try {
      const answer = await ask();
      circuits.markAnswered([peer]);
      return answer;
    } catch (error) {
      if (isUnreachable(error)) circuits.markSilent(peer, String(error));
      throw error;
    }
  };
  const launch: Runs['launch'] = async (order) => {
    const open = circuits.openFor([runTask]);
    if (open !== undefined) throw new NotAsked(`${runTask} is ${notAsked(open)}`);
    const answer = await runs.launch(order);
    const isSilent = answer.kind === 'doubt' && answer.isSilent === true;
    if (isSilent) circuits.markSilent(runTask, answer.why);
    else circuits.markAnswered([runTask]);
    return answer;
  };
  return {
    launch,
    describe: (arns) => asked('DescribeTasks', () => runs.describe(arns)),
    traces: (order) => asked('ListTasks', () => runs.traces(order)),
    list: (after) => asked('ListTasks', () => runs.list(after)),
    stop: (arn, why) => asked('StopTask', () => runs.stop(arn, why)),
  };
};
