import { arn, named, nameOf, unnamed, withArn } from './identity.ts';
import type { ResourceType } from './types.ts';

/** Types of services that do not run here: nothing is stored in a bucket, no alarm is raised, no mail is sent. */
export const otherTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::CloudWatch::Alarm': {
    identify: named('AlarmName', (name, place) => arn('cloudwatch', place, `alarm:${name}`)),
  },
  'AWS::CloudWatch::Dashboard': { identify: unnamed },
  'AWS::S3::Bucket': {
    identify: (property, logicalId, place) => {
      const name = property('BucketName') ?? nameOf(undefined, logicalId, place).toLowerCase();
      return withArn(name, `arn:aws:s3:::${name}`);
    },
  },
  'AWS::S3::BucketPolicy': { identify: unnamed },
  'AWS::SNS::Topic': {
    identify: (property, logicalId, place) => {
      const name = nameOf(property('TopicName'), logicalId, place);
      return { ref: arn('sns', place, name), attributes: { TopicName: name } };
    },
  },
};
