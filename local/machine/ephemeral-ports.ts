import { readFileSync } from 'node:fs';

// Linux begins here by default, and macOS and Windows begin higher.
const defaultFirst = 32_768;

/**
 * The first port of the range from which the system takes one for each outgoing connection, and for a program that listens on
 * any port. A port below it is taken only by a program that asks for it by its number. 32768 where the system does not say.
 */
export const firstEphemeralPort = (path = '/proc/sys/net/ipv4/ip_local_port_range'): number => {
  try {
    const [first] = readFileSync(path, 'utf8').trim().split(/\s+/).map(Number);
    return first !== undefined && Number.isInteger(first) && first > 0 ? first : defaultFirst;
  } catch {
    return defaultFirst;
  }
};
