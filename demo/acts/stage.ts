import type { Operator } from '../operator.ts';
import type { Scene } from '../scene.ts';
import type { WebServer } from '../web-server.ts';

/** What every act plays with. */
export interface Stage {
  readonly scene: Scene;
  readonly operator: Operator;
  readonly server: WebServer;
  /** Makes ids of this demo's own: its table remembers the ones before. */
  readonly idOf: (name: string) => string;
  /** Folder for films. */
  readonly films: string;
  /** The film that goes in. */
  readonly film: string;
  /** Runs `davit` as a person would, and prints what it prints. */
  readonly davit: (...words: readonly string[]) => Promise<void>;
}
