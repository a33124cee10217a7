import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Unpacks a bundle (a ZIP without encryption and under 4 GB, as Lambda takes them) into a folder. */
export const unzip = (file: string, into: string): void => {
  try {
    for (const { name, content } of entriesOf(readFileSync(file))) {
      if (name.endsWith('/')) continue;
      const path = normalize(join(into, name));
      if (!path.startsWith(normalize(`${into}/`))) throw new Error(`an entry ${name}`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content());
    }
  } catch (cause) {
    throw new Error(`The bundle ${file} cannot be unpacked: it has ${String(cause)}.`, { cause });
  }
};

/** Signatures and layout: APPNOTE.TXT of the ZIP format, 4.3.7, 4.3.12 and 4.3.16. */
const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

const entriesOf = function* (zip: Buffer): Generator<{ name: string; content: () => Buffer }> {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0) throw new Error('no end of a central directory');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== entrySignature) throw new Error('a broken central directory');
    const nameLength = zip.readUInt16LE(at + 28);
    const entry = at;
    yield {
      name: zip.toString('utf8', at + 46, at + 46 + nameLength),
      content: () => contentAt(zip, entry),
    };
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
};

const contentAt = (zip: Buffer, entry: number): Buffer => {
  const method = zip.readUInt16LE(entry + 10);
  const packed = zip.readUInt32LE(entry + 20);
  const local = zip.readUInt32LE(entry + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const bytes = zip.subarray(start, start + packed);
  if (method === 0) return bytes;
  if (method === 8) return inflateRawSync(bytes);
  throw new Error(`compression method ${method}`);
};
