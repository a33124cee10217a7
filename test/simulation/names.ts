import { definitionSite } from '../kit/site.ts';

/** The names that a stage has in a simulated world. */
export const names = {
  stage: definitionSite.stage,
  table: 'davit-test-tasks',
  prefix: '/davit/test/tools',
  bus: 'davit-test',
  source: '/davit/test',
  replyPrefix: 'reply.',
  logGroup: '/davit/test/tools',
} as const;
