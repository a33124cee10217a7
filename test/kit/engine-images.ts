import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Engine } from '../../local/ecs/runtime/engine/connect.ts';

/** An image with a shell and small programs of this machine. */
export const boxImage = 'registry.test/davit/box:latest';

/** An image that says that it is for a processor of another kind. Its programs are. */
export const foreignImage = 'registry.test/davit/foreign:latest';

/** Makes images of files of this machine, because no registry can be reached. */
export const importImages = async (engine: Engine, dir: string): Promise<void> => {
  const box = join(dir, 'box');
  for (const folder of ['bin', 'tmp', 'etc']) mkdirSync(join(box, folder), { recursive: true });
  chmodSync(join(box, 'tmp'), 0o1777);
  for (const name of programs) copyProgram(box, name);
  writeFileSync(join(box, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
  await importImage(engine, box, { image: boxImage, platform: `linux/${ownArchitecture}` });

  const foreign = join(dir, 'foreign');
  mkdirSync(join(foreign, 'bin'), { recursive: true });
  // The beginning of an ELF program for a machine that neither Intel, AMD nor Arm makes: 0x16 is IBM's S/390.
  const header = Buffer.alloc(4096);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 2, 1, 0]);
  header.writeUInt16BE(2, 16);
  header.writeUInt16BE(0x16, 18);
  writeFileSync(join(foreign, 'bin/tool'), header, { mode: 0o755 });
  await importImage(engine, foreign, { image: foreignImage, platform: 'linux/s390x' });
};

const programs = 'sh sleep cat env id head tail yes true ls tr dd'.split(' ') as readonly string[];

const ownArchitecture = process.arch === 'x64' ? 'amd64' : process.arch;

const copyProgram = (box: string, name: string): void => {
  const path = [`/usr/bin/${name}`, `/bin/${name}`].find((one) => existsSync(one)) ?? name;
  copyFileSync(path, join(box, 'bin', name));
  const libraries = execFileSync('ldd', [path], { encoding: 'utf8' });
  for (const [library] of libraries.matchAll(/\/[^ \n]+(?= \()/g)) {
    mkdirSync(join(box, dirname(library)), { recursive: true });
    copyFileSync(library, join(box, library));
  }
};

const importImage = async (
  engine: Engine,
  folder: string,
  { image, platform }: { readonly image: string; readonly platform: string },
): Promise<void> => {
  const file = `${folder}.tar`;
  execFileSync('tar', ['-C', folder, '-cf', file, '.']);
  const [repo, tag] = image.split(':');
  const answer = await engine.importImage(createReadStream(file), { repo, tag, platform });
  answer.resume();
  await once(answer, 'end');
};
