import {
  CloudWatchLogsClient,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  type GetLogEventsCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { present } from '../core/present.ts';
import { clientOf, type Reach } from './reach.ts';

/** One line that a container wrote. `at`: epoch milliseconds at which CloudWatch Logs got it. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

/** Lines of a stream, and the token of the next page. `atEnd`: the stream had no more lines when it was read. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly next: string | undefined;
  readonly atEnd: boolean;
}

/** Reads a page of a stream, forward. Undefined when the stream does not exist: nothing was written yet, or it has expired. */
export type ReadLog = (stream: string, from: string | undefined) => Promise<LogPage | undefined>;

/** Reads up to `most` lines from the end of a stream, with one call. Undefined when the stream does not exist. */
export type ReadLogEnd = (stream: string, most: number) => Promise<readonly LogLine[] | undefined>;

/** Reads the log group of the tools' containers. */
export const logsOf = (reach: Reach, group: string): ReadLog => {
  const events = eventsOf(reach, group);
  return async (stream, from) => {
    const page = await events(stream, {
      startFromHead: true,
      ...present({ nextToken: from || undefined }),
    });
    if (!page) return undefined;
    const { nextForwardToken: next } = page;
    // The same token comes back at the end of the stream; a page may be empty before it (GetLogEvents reference).
    return { lines: linesOf(page), next, atEnd: next === from };
  };
};

/** Reads the same log group from the ends of its streams. */
export const logEndOf = (reach: Reach, group: string): ReadLogEnd => {
  const events = eventsOf(reach, group);
  return async (stream, most) => {
    const page = await events(stream, { startFromHead: false, limit: most });
    return page && linesOf(page);
  };
};

type Asked = Pick<GetLogEventsCommandInput, 'startFromHead' | 'nextToken' | 'limit'>;

const eventsOf = (reach: Reach, group: string) => {
  const { config, callOptions } = clientOf(reach);
  const client = new CloudWatchLogsClient(config);
  return async (stream: string, asked: Asked): Promise<GetLogEventsCommandOutput | undefined> => {
    try {
      return await client.send(
        new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, ...asked }),
        callOptions,
      );
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };
};

const linesOf = ({ events }: GetLogEventsCommandOutput): readonly LogLine[] =>
  (events ?? []).map(({ timestamp, message }) => ({ at: timestamp ?? 0, text: message ?? '' }));
