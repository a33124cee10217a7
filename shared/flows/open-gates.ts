import { type ClosureState, closureState } from '../core/closure.ts';
import type { Gate } from '../core/gate.ts';
import { type GateSubject, subjectOf } from '../core/gate-names.ts';
import { limitOfHold } from '../core/limit-name.ts';
import { gateIdleMs } from '../core/times.ts';
import type { Gates, Tools } from '../ports.ts';
import { eachOrSetback } from './each-or-setback.ts';
import { ringOne, ringWaiters } from './ring-waiters.ts';
import type { SendPorts } from './send-order.ts';
import type { Round } from './visit-due.ts';

/** What it takes to look at gates. */
export interface GatePorts extends SendPorts {
  readonly gates: Gates;
  readonly tools: Tools;
}

/** ECS launches twenty containers a second: more doorbells than that for a sweep's minute would only wait in the queue. */
const ringsOfSweep = 1_200;
/** The gates that one sweep looks at. They take turns where there are more. */
export const mostGates = 200;

/** What is looked at, and how many doorbells are rung. */
interface Looked {
  /** Without them, all that are due. */
  readonly gates?: readonly Gate[];
  /** 1,200 where nothing is said: as many as one sweep may ring. */
  readonly mostRings?: number;
}

/**
 * Looks at what rows wait for together. Where it is open, their doorbells are rung, tenants in turn, at a pace that ECS can
 * take: the gate stays until none waits. Where it is closed, its rows are not even read.
 */
export const openGates = async (
  ports: GatePorts,
  { isOver }: Round,
  looked: Looked = {},
): Promise<void> => {
  const { gates = await ports.gates.due(mostGates), mostRings = ringsOfSweep } = looked;
  // A version without limits makes gates for them: who waits for a limit is served by mendLimits.
  const ofLimits = gates.filter(isOfLimit);
  await eachOrSetback(ports, { items: ofLimits, isOver }, (gate) => ports.gates.retire(gate));
  const others = gates.filter((gate) => !isOfLimit(gate));
  const found = await eachOrSetback(ports, { items: others, isOver }, async (gate) => ({
    gate,
    ...(await stateOf(ports, gate)),
  }));
  const closed = found.answers.filter(({ state }) => state === 'closed');
  const open = found.answers.filter(({ state }) => state !== 'closed');
  let left = mostRings;
  for (const [at, { gate, state, turn }] of open.entries()) {
    const most = Math.ceil(left / (open.length - at));
    const rung = await eachOrSetback(ports, { items: [gate], isOver }, () =>
      state === 'probe' ? tryGate(ports, gate, turn) : ringFor(ports, gate, { most, isOver }),
    );
    left -= rung.answers[0] ?? 0;
  }
  await eachOrSetback(ports, { items: closed, isOver }, ({ gate }) => leaveClosed(ports, gate));
};

/**
 * Whether what the rows wait for may be over. A gate that this version does not know counts as open: then dispatch decides.
 * For a closed placement whose time is over, one row is rung for: dispatch lets it try.
 */
const stateOf = async (ports: GatePorts, { by }: Gate): Promise<GateState> => {
  const subject = subjectOf(by);
  if (subject === undefined) return { state: 'open', turn: 0 };
  if (subject.kind !== 'closure')
    return { state: (await isOpen(ports, subject)) ? 'open' : 'closed', turn: 0 };
  const closures = await Promise.all(subject.gates.map((one) => ports.gates.closure(one)));
  const states = closures.map((closure) => closureState(closure, ports.clock.now()));
  const state = (['open', 'probe'] as const).find((one) => states.includes(one)) ?? 'closed';
  return { state, turn: closures[states.indexOf(state)]?.failures ?? 0 };
};

/** `turn`: how many tries of a closed placement were refused, so that each try takes another row. */
interface GateState {
  readonly state: ClosureState;
  readonly turn: number;
}

const isOpen = async (
  { tools }: GatePorts,
  subject: Exclude<GateSubject, { kind: 'closure' }>,
): Promise<boolean> => {
  const state = await tools.find(subject.tool);
  // dispatch rejects the tasks of a tool that does not exist any more, or gives them a time of their own.
  if (state.kind === 'unknown') return true;
  if (subject.kind === 'version')
    return (await tools.version(subject.tool, subject.version)).kind === 'registered';
  if (state.kind === 'unreadable') return false;
  if (subject.kind === 'reach') return true;
  if (subject.kind === 'live') return state.live !== undefined && state.broken === undefined;
  return state.paused === undefined && state.allPaused === undefined;
};

const isOfLimit = ({ by }: Gate): boolean => limitOfHold(by) !== undefined;

/** Rings for rows that wait for an open gate, and answers for how many. */
const ringFor = async (
  ports: GatePorts,
  gate: Gate,
  { most, isOver }: { readonly most: number; readonly isOver: () => boolean },
): Promise<number> => {
  const { found, afterTenant } = await ringWaiters(ports, gate, { most, isOver });
  if (found === 0 && isIdle(ports, gate)) await ports.gates.retire(gate);
  else await ports.gates.looked(gate, afterTenant);
  return found;
};

/** Rings for one row, which tries the gate. */
const tryGate = async (ports: GatePorts, gate: Gate, turn: number): Promise<number> => {
  const isFound = await ringOne(ports, gate, turn);
  if (!isFound && isIdle(ports, gate)) await ports.gates.retire(gate);
  else await ports.gates.looked(gate, gate.afterTenant);
  return isFound ? 1 : 0;
};

const leaveClosed = async (ports: GatePorts, gate: Gate): Promise<void> => {
  const isLeft = isIdle(ports, gate) && (await ports.gates.waiters(gate, 1)).taskIds.length === 0;
  await (isLeft ? ports.gates.retire(gate) : ports.gates.looked(gate, gate.afterTenant));
};

// A row that is held now may not be in the index yet.
const isIdle = ({ clock }: GatePorts, { touchedAt }: Gate): boolean =>
  clock.now() - touchedAt > gateIdleMs;
