import type { Container } from 'dockerode';
import type { Start } from '../run-names.ts';
import type { Engine } from './connect.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { Remover } from './remove-container.ts';

/** Where containers live. */
export interface ContainerPlace {
  readonly engine: Engine;
  readonly settings: EngineSettings;
  readonly remover: Remover;
}

/** What the stack wants of one container, and what it hears of it. */
export interface ContainerWish {
  readonly order: Start;
  readonly write: (lines: readonly string[]) => void;
  /** Called once, when the program of the image runs. */
  readonly onStarted: () => void;
  /** Called with the container when it may take signals. */
  readonly onAlive: (container: Container) => void;
  /** Whether it must not start any more. */
  readonly isUnwanted: () => boolean;
}
