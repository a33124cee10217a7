import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

// Two of each, so that a pin can be changed without building an image first.
const versions = ['1.0.0', '1.1.0'];

/** Releases every folder of `tools/` as local images: `.davit/images/<tool>/<version>/image.json` with the program to run and
 * a digest over the program's files and the version. The files are copied to a folder named after that digest, which stays when the
 * version gets another digest, as an image stays in a registry: a task keeps the program that it began with. Returns the images
 * whose content changed, as `tool:version`.
 * @param {{ root: string, stateDir: string }} folders */
export const releaseImages = ({ root, stateDir }) => {
  const tools = readdirSync(join(root, 'tools'))
    .filter((name) => existsSync(join(root, 'tools', name, 'main.mjs')))
    .sort();
  return tools.flatMap((tool) => {
    const folder = join(root, 'tools', tool);
    const files = programFiles(folder);
    return versions
      .filter((version) => {
        const digest = digestOf(folder, files, version);
        const home = join(stateDir, 'images', tool, version);
        const kept = join(home, digest.replace(':', '-'));
        const main = join(kept, tool, 'main.mjs');
        const image = { entryPoint: ['node', main, '--release', version], command: [], digest };
        if (!existsSync(main)) copyProgram(folder, files, join(kept, tool));
        writeWhenChanged(kept, image);
        return writeWhenChanged(home, image);
      })
      .map((version) => `${tool}:${version}`);
  });
};

/** @param {string} folder */
const programFiles = (folder) =>
  readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((name) => !name.endsWith('.md'))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();

/**
 * @param {string} folder
 * @param {readonly string[]} files
 * @param {string} version
 */
const digestOf = (folder, files, version) => {
  const hash = createHash('sha256').update(`${version}\0`);
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${file.slice(folder.length)}\0${content.length}\0`).update(content);
  }
  return `sha256:${hash.digest('hex')}`;
};

/**
 * @param {string} folder
 * @param {readonly string[]} files
 * @param {string} to
 */
const copyProgram = (folder, files, to) => {
  const draft = `${to}.${process.pid}`;
  for (const file of files) cpSync(file, join(draft, file.slice(folder.length)));
  // Renamed into place: half a copy would count as a whole one.
  renameSync(draft, to);
};

/**
 * @param {string} folder
 * @param {{ entryPoint: string[], command: string[], digest: string }} image
 */
const writeWhenChanged = (folder, image) => {
  const path = join(folder, 'image.json');
  const text = `${JSON.stringify(image, null, 2)}\n`;
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  mkdirSync(folder, { recursive: true });
  // Renamed into place: a stack that is running may read it at this moment.
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
  return true;
};
