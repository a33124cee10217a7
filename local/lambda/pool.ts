import type { Faults, SeenCall } from '../endpoint/watch.ts';
import type { FunctionSpec, Invocation, Invoke } from './invoke.ts';
import { type FunctionProcess, type LambdaParts, startFunctionProcess } from './process.ts';

/** All functions of the stack and their processes. */
export interface Functions {
  readonly invoke: Invoke;
  readonly find: (nameOrArn: string) => FunctionSpec | undefined;
  /** All of them, in the order of their names. */
  readonly list: () => readonly FunctionSpec[];
  /** The process that has this access key, and its function. */
  readonly callerOf: (accessKeyId: string) => Pick<SeenCall, 'functionName' | 'pid'>;
  /** Ends the process with this access key at once, in the middle of its work. */
  readonly kill: (accessKeyId: string) => void;
  /**
   * Deploys other code of a function, as UpdateFunctionCode does: what is running ends on the old code, and every later invocation
   * gets a process with the new one.
   */
  readonly replace: (spec: FunctionSpec) => void;
  readonly stop: () => Promise<void>;
}

/** With so many processes of a function, an invocation waits for a free one: the machine has few cores, AWS has many. */
const maxProcesses = 10;

/** A process that was idle so long is ended, except the last one of its function: each takes 100 MB. */
const idleMs = 120_000;

interface Waiting {
  readonly payload: string;
  readonly done: (invocation: Invocation) => void;
}

interface Pool {
  spec: FunctionSpec;
  readonly processes: Set<FunctionProcess>;
  readonly waiting: Waiting[];
}

/** Runs each function in processes of its own. Idle ones are used again, new ones are started if needed; each runs one invocation at a time. */
export const openFunctions = (
  specs: readonly FunctionSpec[],
  parts: LambdaParts,
  onInvocation: Faults['onInvocation'] = () => {},
): Functions => {
  const pools = new Map<string, Pool>(
    specs.map((spec) => [spec.name, { spec, processes: new Set(), waiting: [] }]),
  );
  const usedAt = new WeakMap<FunctionProcess, number>();
  /** Processes with replaced code that still have work. */
  const outdated = new WeakSet<FunctionProcess>();
  const idleCheck = setInterval(() => endIdle(), idleMs / 4);
  let stopped = false;

  const running = function* (): Generator<[Pool, FunctionProcess]> {
    for (const pool of pools.values()) for (const one of pool.processes) yield [pool, one];
  };

  const free = (pool: Pool): FunctionProcess | undefined => {
    for (const one of pool.processes) if (one.isIdle()) return one;
    if (
      pool.processes.size >= Math.min(pool.spec.reservedConcurrency ?? maxProcesses, maxProcesses)
    ) {
      return undefined;
    }
    const started = startFunctionProcess(pool.spec, parts);
    pool.processes.add(started);
    void started.ended.then(() => {
      pool.processes.delete(started);
      serve(pool);
    });
    return started;
  };

  const endIdle = (): void => {
    for (const [pool, one] of running()) {
      const spare = pool.processes.size > 1 && one.isIdle();
      if (spare && Date.now() - (usedAt.get(one) ?? Date.now()) > idleMs) one.kill();
    }
  };

  const serve = (pool: Pool): void => {
    while (!stopped && pool.waiting.length > 0) {
      const one = free(pool);
      if (one === undefined) return;
      const next = pool.waiting.shift();
      if (next === undefined) return;
      const { payload } = next;
      const seen = { functionName: pool.spec.name, pid: one.pid, payload };
      onInvocation({ ...seen, phase: 'start' });
      void one.invoke(payload).then((invocation) => {
        onInvocation({ ...seen, phase: 'end' });
        next.done(invocation);
        usedAt.set(one, Date.now());
        if (outdated.has(one)) one.kill();
        serve(pool);
      });
    }
  };

  const find = (nameOrArn: string): FunctionSpec | undefined =>
    pools.get(nameOrArn.replace(/^arn:aws:lambda:[^:]*:[^:]*:function:/, '').split(':')[0] ?? '')
      ?.spec;

  const byKey = (accessKeyId: string): [Pool, FunctionProcess] | undefined => {
    for (const found of running()) if (found[1].accessKeyId === accessKeyId) return found;
    return undefined;
  };

  return {
    find,
    invoke: (functionName, payload) => {
      const pool = pools.get(functionName);
      if (pool === undefined) {
        return Promise.reject(new Error(`There is no function ${functionName} in the template.`));
      }
      return new Promise((done) => {
        pool.waiting.push({ payload, done });
        serve(pool);
      });
    },
    list: () =>
      [...pools.values()].map(({ spec }) => spec).sort((a, b) => (a.name < b.name ? -1 : 1)),
    callerOf: (accessKeyId) => {
      const [pool, one] = byKey(accessKeyId) ?? [];
      return { functionName: pool?.spec.name, pid: one?.pid };
    },
    kill: (accessKeyId) => byKey(accessKeyId)?.[1].kill(),
    replace: (spec) => {
      const pool = pools.get(spec.name);
      if (pool === undefined) return;
      pool.spec = spec;
      for (const one of pool.processes) {
        if (one.isIdle()) one.kill();
        else outdated.add(one);
      }
    },
    stop: async () => {
      stopped = true;
      clearInterval(idleCheck);
      const all = [...running()].map(([, one]) => one);
      for (const one of all) one.kill();
      await Promise.all(all.map((one) => one.ended));
    },
  };
};
