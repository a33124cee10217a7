import { present } from '../../shared/core/present.ts';
import { AwsError } from '../endpoint/errors.ts';
import { flag, type JsonObject, optionalText, text } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { JsonApi } from '../service.ts';
import { awsAccount } from '../template/aws-account.ts';
import { arn } from '../template/identity.ts';
import { readEvents } from './events.ts';
import type { LogStore } from './log-store.ts';
import type { LogGroupSpec } from './plan.ts';

/** A page of DescribeLogGroups and DescribeLogStreams has 50 items at most (CloudWatch Logs API reference). */
const paging: Paging = {
  size: 'limit',
  token: 'nextToken',
  usual: 50,
  most: 50,
  badToken: 'InvalidParameterException',
};

/** The calls of CloudWatch Logs that read what the functions and the containers wrote. */
export const logsApi = (logs: LogStore, groups: readonly LogGroupSpec[] = []): JsonApi => {
  const createdAt = Date.now();

  /** A group of the template exists before anything was written to it. */
  const streamsOf = (group: string): readonly { name: string; writtenAt: number }[] => {
    const found = logs.streams(group);
    if (found !== undefined) return found;
    if (groups.some(({ name }) => name === group)) return [];
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  };

  const describeLogGroups = (input: JsonObject): object => {
    const prefix = optionalText(input, 'logGroupNamePrefix') ?? '';
    const part = optionalText(input, 'logGroupNamePattern')?.toLowerCase() ?? '';
    const found = groups
      .filter(({ name }) => name.startsWith(prefix) && name.toLowerCase().includes(part))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = pageOf(found, ({ name }) => name, { input, paging });
    return {
      logGroups: items.map(({ name, retentionInDays }) => ({
        logGroupName: name,
        creationTime: createdAt,
        ...present({ retentionInDays }),
        metricFilterCount: 0,
        arn: `${groupArn(name)}:*`,
        logGroupArn: groupArn(name),
        logGroupClass: 'STANDARD',
      })),
      ...present({ nextToken: next }),
    };
  };

  /** By name, or by the time of the last event; ascending unless `descending`. */
  const describeLogStreams = (input: JsonObject): object => {
    const group = text(input, 'logGroupName');
    const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
    const found = streamsOf(group).filter((stream) => stream.name.startsWith(prefix));
    const isByTime = optionalText(input, 'orderBy') === 'LastEventTime';
    const sorted = found.toSorted((a, b) =>
      isByTime ? a.writtenAt - b.writtenAt : a.name < b.name ? -1 : 1,
    );
    const ordered = flag(input, 'descending') ? sorted.toReversed() : sorted;
    const { items, next } = pageOf(ordered, ({ name }) => name, { input, paging });
    return {
      logStreams: items.map(({ name, writtenAt }) => ({
        logStreamName: name,
        lastEventTimestamp: Math.round(writtenAt),
        arn: `${groupArn(group)}:log-stream:${name}`,
      })),
      ...present({ nextToken: next }),
    };
  };

  return {
    kind: 'json',
    actions: {
      ...readEvents(logs, streamsOf),
      DescribeLogGroups: describeLogGroups,
      DescribeLogStreams: describeLogStreams,
    },
  };
};

const groupArn = (name: string): string => arn('logs', awsAccount, `log-group:${name}`);
