import { errorMessage } from '../../../../shared/core/error-message.ts';
import { engineAt, unix } from './connect.ts';

/** A container engine that has answered. */
export interface FoundEngine {
  readonly address: string;
  /** Its name and version, for people. */
  readonly name: string;
  /** No container may be given more processors than that. */
  readonly cpus: number;
  /** Its architecture, as images name it: `amd64`, `arm64`. */
  readonly architecture: string;
}

/** The engine, or what was tried: each address with the reason why it is none. */
export type Search = FoundEngine | { readonly tried: readonly string[] };

/** The addresses at which an engine may answer. DOCKER_HOST, when it is set, is the only one, as for the `docker` command. */
export const addressesOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  const { DOCKER_HOST: given, XDG_RUNTIME_DIR: ownDir } = environment;
  if (given !== undefined && given !== '') return [given];
  const sockets = [
    '/var/run/docker.sock',
    '/run/podman/podman.sock',
    ...(ownDir === undefined || ownDir === '' ? [] : [`${ownDir}/podman/podman.sock`]),
  ];
  return sockets.map((path) => `${unix}${path}`);
};

/** Finds the first engine that answers. */
export const findEngine = async (addresses: readonly string[]): Promise<Search> => {
  const tried: string[] = [];
  for (const address of addresses) {
    try {
      return await ask(address);
    } catch (cause) {
      tried.push(`${address} (${errorMessage(cause)})`);
    }
  }
  return { tried };
};

/** A socket that accepts connections and never answers must not hold up the start of the stack. */
const answerMs = 5_000;

const ask = async (address: string): Promise<FoundEngine> => {
  if (!/^(unix|tcp|https?):\/\//.test(address)) {
    throw new Error('an address must begin with unix:// or tcp://');
  }
  const engine = engineAt(address);
  const asked = Promise.all([engine.version(), engine.info()]);
  const [version, info] = await within(asked, answerMs);
  const [component] = version.Components ?? [];
  return {
    address,
    name: `${component?.Name ?? 'container engine'} ${version.Version}`,
    cpus: info.NCPU,
    architecture: version.Arch,
  };
};

const within = async <T>(answer: Promise<T>, ms: number): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
};
