import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Engine } from '../../local/ecs/runtime/engine/connect.ts';
import { root } from './root.ts';

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

/** Makes the image of a Node tool of this repository as its Dockerfile does, with the Node that runs the tests. */
export const importTool = async (
  engine: Engine,
  { tool, image, dir }: { readonly tool: string; readonly image: string; readonly dir: string },
): Promise<void> => {
  const box = join(dir, tool);
  mkdirSync(join(box, 'tool'), { recursive: true });
  mkdirSync(join(box, 'bin'), { recursive: true });
  copyWithLibraries(box, realpathSync(process.execPath), 'node');
  copyFileSync(join(root, 'tools', tool, 'main.mjs'), join(box, 'tool/main.mjs'));
  await importImage(engine, box, {
    image,
    platform: `linux/${ownArchitecture}`,
    changes: ['ENTRYPOINT ["/bin/node","/tool/main.mjs"]', 'ENV ECHO_RELEASE=from-image'],
  });
};

const programs = 'sh sleep cat env id head tail yes true ls tr dd'.split(' ') as readonly string[];

const ownArchitecture = process.arch === 'x64' ? 'amd64' : process.arch;

const copyProgram = (box: string, name: string): void => {
  const path = [`/usr/bin/${name}`, `/bin/${name}`].find((one) => existsSync(one)) ?? name;
  copyWithLibraries(box, path, name);
};

const copyWithLibraries = (box: string, path: string, name: string): void => {
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
  {
    image,
    platform,
    changes = [],
  }: {
    readonly image: string;
    readonly platform: string;
    /** As lines of a Dockerfile. */
    readonly changes?: readonly string[];
  },
): Promise<void> => {
  const file = `${folder}.tar`;
  execFileSync('tar', ['-C', folder, '-cf', file, '.']);
  const [, repo = '', tag = ''] = /^(.+):([^:/]+)$/.exec(image) ?? [];
  const answer = await engine.importImage(createReadStream(file), {
    repo,
    tag,
    platform,
    changes: [...changes],
  });
  answer.resume();
  await once(answer, 'end');
  // Podman 4.3 ignores the tag of an import.
  if (tag !== 'latest') await engine.getImage(`${repo}:latest`).tag({ repo, tag });
};
