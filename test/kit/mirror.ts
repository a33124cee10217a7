import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A package of the mirror: its package.json, and its tarball with the digest. */
export interface MirroredPackage {
  readonly manifest: { readonly name: string; readonly version: string };
  readonly integrity: string;
  readonly bytes: Buffer;
}

/** A package registry on loopback with only these packages; `environment` makes npm use it. */
export const startMirror = async (packages: readonly MirroredPackage[]) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const found = packages.find(({ manifest }) => path.split('/')[1] === manifest.name);
    if (found === undefined) response.writeHead(404).end('{}');
    else if (path.endsWith('.tgz')) response.end(found.bytes);
    else response.end(JSON.stringify(documentOf(found, address)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: { npm_config_registry: `${address}/`, npm_config_fetch_retries: '0' },
    asked: (): readonly string[] => asked,
    close: (): void => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const documentOf = ({ manifest, integrity }: MirroredPackage, address: string) => {
  const { name, version } = manifest;
  const tarball = `${address}/${name}/-/${name}-${version}.tgz`;
  const one = { ...manifest, dist: { tarball, integrity } };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: one } };
};
