/** The engine that runs the containers of a stack, and what is known of it. */
export interface EngineSettings {
  readonly address: string;
  /** The id of the stack, by which it knows its containers. */
  readonly stack: string;
  /** The processors of the engine's machine. */
  readonly cpus: number;
  /** The architecture of the engine's machine, as images name it. */
  readonly architecture: string;
}
