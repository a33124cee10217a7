/** The handler ends here, as a Lambda that runs out of time or memory. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Whether a call fails before it is carried out, or after it, when only the answer is lost. */
export type Moment = 'before' | 'after';

/** The faults that a test asks for, over all ports that it wraps. */
export interface Faults {
  /** Every call in order, `<port>.<function>`. */
  readonly calls: readonly string[];
  /** The next call of that name (`tasks.save`) throws. */
  readonly failNext: (name: string, error?: Error, moment?: Moment) => void;
  /** Every call of that name throws until `mend`. */
  readonly breakDown: (name: string, error?: Error) => void;
  readonly mend: (name: string) => void;
  /** The nth call from now over all ports (1 is the next one) throws a Crash, and so does every later call until `restart`. */
  readonly crashAt: (nth: number, moment?: Moment) => void;
  readonly restart: () => void;
  /** The same port, with these faults in front of it. */
  readonly wrap: <P extends object>(portName: string, port: P) => P;
}

interface Failure {
  readonly error: Error;
  readonly moment: Moment;
}

/** Begins without faults: wrap the ports first, and then ask for faults. */
export const newFaults = (): Faults => {
  const calls: string[] = [];
  const once = new Map<string, Failure>();
  const broken = new Map<string, Error>();
  let crash: { readonly call: number; readonly moment: Moment } | undefined;

  const failureOf = (name: string): Failure | undefined => {
    if (crash && calls.length >= crash.call) {
      const hasCrashed = calls.length > crash.call;
      const moment = hasCrashed ? 'before' : crash.moment;
      return { error: new Crash(`crashed at call ${calls.length}, ${name}`), moment };
    }
    const error = broken.get(name);
    if (error) return { error, moment: 'before' };
    const failure = once.get(name);
    once.delete(name);
    return failure;
  };

  const guarded = (name: string, call: () => unknown): unknown => {
    calls.push(name);
    const failure = failureOf(name);
    if (!failure) return call();
    if (failure.moment === 'before') return Promise.reject(failure.error);
    return Promise.resolve(call()).then(() => Promise.reject(failure.error));
  };

  return {
    calls,
    failNext: (name, error = new Error(`${name} failed, as the test asked`), moment = 'before') =>
      void once.set(name, { error, moment }),
    breakDown: (name, error = new Error(`${name} cannot be reached, as the test asked`)) =>
      void broken.set(name, error),
    mend: (name) => void broken.delete(name),
    crashAt: (nth, moment = 'before') => {
      crash = { call: calls.length + nth, moment };
    },
    restart: () => {
      crash = undefined;
    },
    wrap: (portName, port) =>
      new Proxy(port, {
        get: (target, key, receiver) => {
          const member: unknown = Reflect.get(target, key, receiver);
          if (typeof member !== 'function') return member;
          return (...given: unknown[]) =>
            guarded(`${portName}.${String(key)}`, () => Reflect.apply(member, target, given));
        },
      }),
  };
};
