import {
  CloudWatchLogsClient,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientOf, type Reach } from './reach.ts';

/** One line that a container wrote, with the time at which it arrived there. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

/** Lines of a stream, and where to read on. `atEnd`: nothing more was there when it was asked. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly next: string | undefined;
  readonly atEnd: boolean;
}

/** The stream of a run: the `awslogs` driver names it `<prefix>/<container>/<ECS task id>`, ours are both `tool`. */
export const streamOf = (ecsTaskArn: string): string =>
  `tool/tool/${ecsTaskArn.split('/').at(-1) ?? ''}`;

/** Reads a stream forward; undefined while there is no such stream: nothing was written yet, or it has expired. */
export type ReadLog = (stream: string, from: string | undefined) => Promise<LogPage | undefined>;

/** The log group of the tools' containers. */
export const logsOf = (reach: Reach, group: string): ReadLog => {
  const { config, sending } = clientOf(reach);
  const client = new CloudWatchLogsClient(config);
  return async (stream, from) => {
    try {
      const page = await client.send(
        new GetLogEventsCommand({
          logGroupName: group,
          logStreamName: stream,
          startFromHead: true,
          ...(from ? { nextToken: from } : {}),
        }),
        sending,
      );
      const lines = (page.events ?? []).map((event) => ({
        at: event.timestamp ?? 0,
        text: event.message ?? '',
      }));
      // The same token comes back at the end of the stream; a page may be empty before it (GetLogEvents reference).
      return { lines, next: page.nextForwardToken, atEnd: page.nextForwardToken === from };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
};
