import type { EventTest } from './pattern.ts';

/** A whole EventBridge event. */
export type BusEvent = Readonly<Record<string, unknown>>;

/** A rule with a pattern: which events it matches on which bus, and the targets that get them. */
export interface BusRule {
  readonly name: string;
  readonly bus: string;
  readonly matches: EventTest;
  readonly targets: readonly ((event: BusEvent) => void)[];
}

/** Brings events to the targets of the rules that match them. It keeps no event. */
export interface EventRouter {
  /** Puts an event on a bus, by default the one of the AWS services. Targets get it in a later turn. */
  readonly emit: (event: BusEvent, bus?: string) => void;
  readonly isStopped: () => boolean;
  /** From now on no target gets anything. */
  readonly stop: () => void;
}

/** Opens a router. An event goes to each target of each rule that matches it. */
export const openRouter = (rules: readonly BusRule[]): EventRouter => {
  let stopped = false;
  return {
    emit: (event, bus = 'default') => {
      for (const rule of rules) {
        if (rule.bus !== bus || !rule.matches(event)) continue;
        for (const target of rule.targets) {
          setImmediate(() => {
            if (!stopped) target(event);
          });
        }
      }
    },
    isStopped: () => stopped,
    stop: () => {
      stopped = true;
    },
  };
};
