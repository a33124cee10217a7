const defaultPort = 4566;

/** The port in DAVIT_PORT, else 4566; 0 means any free port. Throws a sentence when the value is not a port. */
export const portOf = (given: string | undefined): number => {
  if (given === undefined || given === '') return defaultPort;
  const port = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (port < 65_536) return port;
  throw new Error(
    `DAVIT_PORT must be a port number from 0 to 65535, in digits alone, not "${given}".`,
  );
};
