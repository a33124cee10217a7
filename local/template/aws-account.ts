import type { AwsAccount } from './types.ts';

/** The stage whose stack runs here. */
export const stage = 'local';

/** The account and the region of the local AWS, and the name of its stack. */
export const awsAccount: AwsAccount = {
  account: '123456789012',
  region: 'eu-central-1',
  stackName: `davit-${stage}`,
};
