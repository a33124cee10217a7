import { addressesOf, type FoundEngine, findEngine } from './engine/find-engine.ts';

/** What the containers of a stack are, and a line that says it. `engine` is absent when they are processes. */
export interface ChosenRuntime {
  readonly engine?: FoundEngine;
  readonly says: string;
}

/**
 * Chooses the runtime by DAVIT_RUNTIME: `containers` of an engine, or child `processes`, also when it is not set. Throws a sentence
 * for another value, and when containers are wanted and no engine answers.
 */
export const chooseRuntime = async (environment: NodeJS.ProcessEnv): Promise<ChosenRuntime> => {
  const wanted = environment.DAVIT_RUNTIME ?? '';
  if (wanted === '') {
    return {
      says: 'each run is a child process: DAVIT_RUNTIME is not set (with DAVIT_RUNTIME=containers it is a container)',
    };
  }
  if (wanted === 'processes') {
    return { says: 'each run is a child process: DAVIT_RUNTIME=processes' };
  }
  if (wanted !== 'containers') {
    throw new Error(`DAVIT_RUNTIME must be "containers" or "processes", not "${wanted}".`);
  }
  const found = await findEngine(addressesOf(environment));
  if ('tried' in found) throw new Error(noEngine(found.tried));
  return {
    engine: found,
    says: `each run is a container of ${found.name} at ${found.address}: DAVIT_RUNTIME=containers`,
  };
};

const noEngine = (tried: readonly string[]): string =>
  `DAVIT_RUNTIME=containers needs a container engine that answers, and none does: ${tried.join(', ')}. ` +
  'Start Docker, or Podman (`systemctl start podman.socket`); or set DOCKER_HOST to the socket of one; or use DAVIT_RUNTIME=processes.';
