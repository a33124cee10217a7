import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { unzipSync } from 'fflate';
import { errorMessage } from '../../shared/core/error-message.ts';

/** Unpacks a bundle (a ZIP file without encryption, as Lambda takes it) into a folder. Refuses an entry that would be written outside. */
export const unzip = (file: string, into: string): void => {
  try {
    for (const [name, content] of Object.entries(unzipSync(readFileSync(file)))) {
      if (name.endsWith('/')) continue;
      const path = normalize(join(into, name));
      if (!path.startsWith(normalize(`${into}/`))) {
        throw new Error(`its entry ${name} is outside of the bundle`);
      }
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  } catch (cause) {
    throw new Error(`The bundle ${file} cannot be unpacked: ${errorMessage(cause)}.`, { cause });
  }
};
