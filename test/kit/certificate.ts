import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';

/** A self-signed certificate for `localhost`, with its key, both as PEM. Node makes keys, but no certificates, and not every machine
 * has openssl, so this writes the fields of RFC 5280 itself. */
export const certificateForLocalhost = (): { readonly key: string; readonly cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId('2a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(tagged(0x31, sequence(objectId('550403'), text(0x0c, 'localhost'))));
  const validity = sequence(text(0x17, '200101000000Z'), text(0x18, '21200101000000Z'));
  const altNames = sequence(text(0x82, 'localhost'));
  const extension = sequence(objectId('551d11'), tagged(0x04, altNames));
  const signed = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))), // version 3
    tagged(0x02, Buffer.from([1])), // serial number
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(extension)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', signed, privateKey)]);
  const der = sequence(signed, algorithm, tagged(0x03, signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: new X509Certificate(der).toString(),
  };
};

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));

/** DER: a tag, the length (in more than one byte from 128 on), and the content. */
const tagged = (tag: number, content: Buffer): Buffer => {
  const size = content.length;
  const long = size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  const length = size < 128 ? [size] : long;
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};

const objectId = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const text = (tag: number, content: string): Buffer => tagged(tag, Buffer.from(content));
