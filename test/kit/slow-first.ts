import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take over a minute, most of it waiting. If they started last, the whole run would take longer. */
const slow = [
  'seeded-plan',
  'broker-unreachable',
  'full-disk',
  'dispatch-killed',
  'functions-killed',
  'rabbitmq-killed',
  'throughput',
  'ctrl-c',
  'rabbitmq',
  'bad-input',
  'stubborn',
];

/** The order of Vitest, but for the slow files, which come first. Vitest asks for a class. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = slow.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return rank === -1 ? slow.length : rank;
};
