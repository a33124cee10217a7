import Docker from 'dockerode';

/** The API of a container engine: Docker, or Podman, which answers alike. */
export type Engine = Docker;

/**
 * Connects to the engine at an address: `unix://` and a path, or the value of DOCKER_HOST, for which the variables DOCKER_TLS_VERIFY
 * and DOCKER_CERT_PATH count too. Nothing is sent yet.
 */
export const engineAt = (address: string): Engine =>
  address.startsWith(unix) ? new Docker({ socketPath: address.slice(unix.length) }) : new Docker();

/** How the address of a socket begins. */
export const unix = 'unix://';

/** An engine that has not answered a request in this time does not answer. Podman may take seconds on a busy machine. */
export const answerMs = 30_000;

/** To be given to each request that must not wait forever. */
export const patience = (): { readonly abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.timeout(answerMs),
});

/** The HTTP status of the engine's answer to a request that failed; undefined when the engine did not answer. */
export const statusOf = (cause: unknown): number | undefined =>
  cause instanceof Error && 'statusCode' in cause && typeof cause.statusCode === 'number'
    ? cause.statusCode
    : undefined;
