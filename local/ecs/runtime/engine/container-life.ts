import type { Container, ImageInspectInfo } from 'dockerode';
import type { RuntimeReport } from '../../../../models/ecs/runtime.ts';
import { cannotCreate, type NotStarted, noSuchImage } from '../failed-starts.ts';
import type { Start } from '../run-names.ts';
import { createContainer, patience, statusOf } from './connect.ts';
import { containerOptions } from './container-options.ts';
import { type ContainerOutput, streamOutput } from './container-output.ts';
import type { ContainerPlace, ContainerWish } from './container-place.ts';
import { type ContainerProcess, containerProcess } from './container-process.ts';
import { findImage } from './find-image.ts';
import { nameOf } from './labels.ts';
import { engineSays, refusedStart } from './start-words.ts';
import { loseHost, watchContainer } from './watch-container.ts';

/** Runs a container to its end, and returns the one report of it. It never throws. The container is removed, later if not at once. */
export const liveContainer = async (
  place: ContainerPlace,
  wish: ContainerWish,
): Promise<RuntimeReport> => {
  const { order } = wish;
  const made = await create(place, order);
  if ('kind' in made) return made;
  const { container, program } = made;
  let output: ContainerOutput;
  let before: ContainerProcess | undefined;
  try {
    output = await streamOutput(container, wish.write);
    // Podman has prepared the process by now, so that even a very short run is seen. Docker has not.
    before = await processOf(container);
    if (wish.isUnwanted()) throw new Error('the stack ends');
  } catch (cause) {
    void place.remover.remove(container.id);
    return refusedStart(order, cause);
  }
  try {
    await container.start(patience());
  } catch (cause) {
    // Without an answer it may have started.
    if (statusOf(cause) === undefined) return loseHost(place, wish, { container, first: before });
    void place.remover.remove(container.id);
    return refusedStart(order, cause);
  }
  wish.onAlive(container);
  const first = before ?? (await processOf(container).catch(() => undefined));
  return watchContainer(place, wish, { container, output, program, first });
};

interface Made {
  readonly container: Container;
  readonly program: string;
}

const create = async (place: ContainerPlace, order: Start): Promise<Made | NotStarted> => {
  try {
    const image = await findImage(place.engine, order.image);
    if (image === undefined) return noSuchImage(order);
    const options = containerOptions(order, image, place.settings);
    const container = await createContainer(place.engine, options);
    return { container, program: programOf(order, image) };
  } catch (cause) {
    // It may have been created although no answer came.
    if (statusOf(cause) === undefined)
      void place.remover.remove(nameOf(order, place.settings.stack));
    return cannotCreate(order, engineSays(cause));
  }
};

const programOf = (order: Start, { Config: config }: ImageInspectInfo): string => {
  const entryPoint = [config.Entrypoint ?? []].flat();
  return [...entryPoint, ...(order.command ?? config.Cmd ?? [])][0] ?? '';
};

const processOf = async (container: Container): Promise<ContainerProcess | undefined> => {
  const { State: state, Id: id } = await container.inspect(patience());
  return containerProcess(state.Pid, id);
};
