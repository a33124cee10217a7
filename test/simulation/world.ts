import type { Chance } from './chance.ts';
import { chanceOf } from './chance.ts';
import type { Functions, Outside } from './functions.ts';
import type { FlowName, Happening, ServiceName, Trouble } from './happening.ts';
import { timeOf } from './happening.ts';
import type { Plan } from './plan.ts';
import { newTimeline, type Timeline } from './timeline.ts';
import type { Watchers } from './watchers.ts';

/** One release of Davit, as a world can run it. */
export interface Release {
  readonly name: string;
  readonly openFunctions: (outside: Outside) => Functions;
}

/** What the parts of a world share. */
export interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly watchers: Watchers;
  /** A stream of random numbers of its own. */
  readonly chance: (name: string) => Chance;
  /** Adds a line to the story; the text is made only when the story is read. */
  readonly note: (line: () => string) => void;
  /** The trouble that a service is in now: of several, the one that began last. */
  readonly troubleOf: (service: ServiceName) => Trouble | undefined;
  /** Whether the world has calmed down: nothing fails any more. */
  readonly isCalm: () => boolean;
  /** The release that a new environment of this function runs. */
  readonly releaseOf: (flow: FlowName) => Release;
  /** The subnets that a new environment of this function launches in: a deployment may change them. */
  readonly subnetsOf: (flow: FlowName) => readonly string[];
  /** Adds one to the count of something that the world did, for the coverage. */
  readonly count: (what: string) => void;
}

/** What a world is made from. */
export interface WorldOptions {
  readonly plan: Plan;
  readonly watchers: Watchers;
  readonly note?: (line: string) => void;
  readonly count?: (what: string) => void;
  readonly current: Release;
  readonly previous: Release;
}

/** The shared parts of a world, before anything happens. `releases` says which release each function has; a deployment changes it. */
export const newWorld = ({
  plan,
  watchers,
  note,
  count = () => {},
  current,
  previous,
}: WorldOptions): World & {
  readonly deployed: Map<FlowName, Release>;
  readonly generations: Map<FlowName, number>;
} => {
  const timeline = newTimeline(plan.start);
  const isDeployedLater = plan.happenings.some(({ kind }) => kind === 'deploy');
  const deployed = new Map<FlowName, Release>();
  const generations = new Map<FlowName, number>();
  const troubles = plan.happenings.filter((one) => one.kind === 'trouble');
  return {
    plan,
    timeline,
    watchers,
    deployed,
    generations,
    subnetsOf: (flow) => [`subnet-0000000${generations.get(flow) ?? 1}`],
    chance: (name) => chanceOf(plan.seed, name),
    note: (line) => note?.(`${timeOf(timeline.now())}  ${line()}`),
    troubleOf: (service) => {
      const now = timeline.now();
      return troubles.findLast((one) => one.service === service && one.at <= now && now < one.until)
        ?.how;
    },
    isCalm: () => timeline.now() >= plan.calmAt,
    // The previous release has no relay.
    releaseOf: (flow) =>
      flow === 'relay' ? current : (deployed.get(flow) ?? (isDeployedLater ? previous : current)),
    count,
  };
};

/** The happenings of one kind. */
export type HappeningOf<Kind extends Happening['kind']> = Extract<Happening, { kind: Kind }>;
