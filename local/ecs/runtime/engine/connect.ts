import Docker, { type ContainerCreateOptions, type DockerOptions } from 'dockerode';

/** The API of a container engine: Docker, or Podman, which answers alike. */
export type Engine = Docker;

/**
 * Connects to the engine at an address: `unix://` and a path, or a value of DOCKER_HOST such as `tcp://host:2375`, for which the
 * variables DOCKER_TLS_VERIFY and DOCKER_CERT_PATH count too. Nothing is sent yet.
 */
export const engineAt = (address: string): Engine =>
  // dockerode takes from DOCKER_HOST what is not said here, also when that is another engine.
  address.startsWith(unix)
    ? new Docker({ host: '', protocol: 'http', socketPath: address.slice(unix.length) })
    : new Docker(hostIn(address));

const hostIn = (address: string): DockerOptions => {
  const { hostname: host, port } = new URL(address.replace(/^\w+:/, 'http:'));
  if (address.startsWith('tcp:')) return { host, port: port || 2375 };
  return address.startsWith('https:')
    ? { host, port: port || 443, protocol: 'https' }
    : { host, port: port || 80, protocol: 'http' };
};

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

/**
 * Creates a container. The options are only in the body of the request: by itself dockerode also writes them into its address, which
 * engines log, and secrets are among them.
 */
export const createContainer = (
  engine: Engine,
  { name, ...body }: ContainerCreateOptions,
): Promise<Docker.Container> => {
  const parted = { _query: { name }, _body: body, ...patience() };
  return engine.createContainer(parted);
};
