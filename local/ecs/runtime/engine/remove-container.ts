import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, engineAt, patience, statusOf } from './connect.ts';
import type { EngineSettings } from './engine-settings.ts';
import { stackLabel } from './labels.ts';

/** Removes containers, later if the engine does not answer now. */
export interface Remover {
  /** Ends a container and removes it. Resolves when it is gone, or when the remover was closed. */
  readonly remove: (id: string) => Promise<void>;
  /** Gives up what waits for an engine that does not answer. */
  readonly close: () => void;
}

const againMs = 500;

/** Opens a remover. */
export const openRemover = (engine: Engine): Remover => {
  let closed = false;
  const remove = async (id: string): Promise<void> => {
    while (!closed) {
      try {
        await removeContainer(engine, id);
        return;
      } catch {
        // The engine does not answer, or is busy with this container. It stays until it is gone.
        await sleep(againMs, undefined, { ref: false });
      }
    }
  };
  const close = (): void => {
    closed = true;
  };
  return { remove, close };
};

/** Ends and removes all containers of a stack, and no other. Returns their names. Throws when the engine does not answer. */
export const removeContainersOf = async (
  engine: Engine,
  stack: string,
): Promise<readonly string[]> => {
  const listed = await engine.listContainers({
    all: true,
    filters: { label: [`${stackLabel}=${stack}`] },
    ...patience(),
  });
  // An engine that ignores the filter must not cost others their containers.
  const ours = listed.filter(({ Labels: labels }) => labels[stackLabel] === stack);
  await Promise.all(ours.map(({ Id: id }) => removeContainer(engine, id)));
  return ours.map(({ Names: names, Id: id }) => names[0]?.replace(/^\//, '') ?? id);
};

/** The same, for an engine that is not connected. */
export const removeContainersAt = ({
  address,
  stack,
}: Pick<EngineSettings, 'address' | 'stack'>): Promise<readonly string[]> =>
  removeContainersOf(engineAt(address), stack);

const removeContainer = async (engine: Engine, id: string): Promise<void> => {
  const container = engine.getContainer(id);
  // Podman's forced removal sends SIGTERM and waits ten seconds.
  await allowing([404, 409, 500], container.kill({ signal: 'SIGKILL', ...patience() }));
  await allowing([404], container.remove({ force: true, v: true, ...patience() }));
};

const allowing = async (statuses: readonly number[], asked: Promise<unknown>): Promise<void> => {
  try {
    await asked;
  } catch (cause) {
    if (!statuses.includes(statusOf(cause) ?? 0)) throw cause;
  }
};
