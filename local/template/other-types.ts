import { arn, named, nameOf, unnamed, withArn } from './identity.ts';
import type { ResourceType } from './types.ts';

/** Types of services that do not run here: nothing is stored in a bucket, no alarm is raised, no mail is sent. */
export const otherTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::CloudWatch::Alarm': {
    identify: named('AlarmName', (name, awsAccount) =>
      arn('cloudwatch', awsAccount, `alarm:${name}`),
    ),
  },
  'AWS::CloudWatch::Dashboard': { identify: unnamed },
  'AWS::S3::Bucket': {
    identify: (property, logicalId, awsAccount) => {
      const name = property('BucketName') ?? nameOf(undefined, logicalId, awsAccount).toLowerCase();
      return withArn(name, `arn:aws:s3:::${name}`);
    },
  },
  'AWS::S3::BucketPolicy': { identify: unnamed },
  'AWS::SNS::Topic': {
    identify: (property, logicalId, awsAccount) => {
      const name = nameOf(property('TopicName'), logicalId, awsAccount);
      return { ref: arn('sns', awsAccount, name), attributes: { TopicName: name } };
    },
  },
};
