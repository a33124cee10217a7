import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The entry of one package in package-lock.json, as far as the tests read it. */
export interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
}

/** The packages of a clone's lock by their folders; '' is the clone itself. */
export const readLock = (root: string): Readonly<Record<string, LockedPackage>> =>
  JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
