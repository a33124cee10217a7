import { statfsSync } from 'node:fs';

/** How often the free space is read. RabbitMQ itself reads it every ten seconds, and more often when there is little. */
const everyMs = 2_000;

/**
 * Watches the disk of a folder: logs a sentence when fewer than `leastBytes` are free, at which RabbitMQ accepts no messages, and
 * another one when there are more again. Returns its end.
 */
export const watchDisk = (
  dir: string,
  parts: {
    readonly leastBytes: number;
    readonly log: (line: string) => void;
    readonly freeBytesOf?: (dir: string) => number;
  },
): (() => void) => {
  const { leastBytes, log, freeBytesOf = freeBytes } = parts;
  let isLow = false;
  const look = (): void => {
    const wasLow = isLow;
    isLow = freeBytesOf(dir) < leastBytes;
    if (isLow && !wasLow) {
      log(
        `Less than ${leastBytes / 1e6} MB are free on the disk of ${dir}, so RabbitMQ accepts no messages: free some space there. What was accepted is kept.`,
      );
    } else if (wasLow && !isLow) {
      log(`The disk of ${dir} has space again: RabbitMQ accepts messages.`);
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  return () => clearInterval(timer);
};

/** What a user who is not root may still write. Of a folder that was removed, nothing is said. */
const freeBytes = (dir: string): number => {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};
