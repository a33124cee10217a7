import { percentile } from '../numbers.ts';
import { mostASecond } from './figures.ts';

/** ECS starts twenty containers a second; the neighbours, whose doorbells go another way, may add some. */
const mostLaunches = 30;
/** A neighbour may be so much later than alone, in seconds. */
const slackS = 5;

/** Says when launches were not paced. */
export const launchFaults = (launches: readonly number[]): readonly string[] => {
  const most = mostASecond(launches);
  return most <= mostLaunches
    ? []
    : [`at most ${mostLaunches} launches in a second are allowed, but ${most} were made`];
};

/** Says when neighbours had to wait longer than alone. */
export const neighbourFaults = (
  waits: readonly number[],
  alone: readonly number[],
): readonly string[] => {
  const [longest, usual] = [percentile(waits, 100), percentile(alone, 100)];
  return longest <= usual + slackS
    ? []
    : [`a neighbour may wait ${usual + slackS} s, but one waited ${longest} s`];
};
