import type { Place } from './types.ts';

/** The account and region that this machine plays, and the stage whose stack it runs. */
export const stage = 'local';

export const place: Place = {
  account: '123456789012',
  region: 'eu-central-1',
  stackName: `davit-${stage}`,
};
