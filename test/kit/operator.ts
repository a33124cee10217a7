import {
  type AccessKey,
  type Credentials,
  newAccessKey,
  openCredentials,
} from '../../local/endpoint/credentials.ts';
import { type Gate, gateOf } from '../../local/endpoint/gate.ts';

/** A store of keys that contains a new key of an operator. */
export const withOperator = (): { readonly credentials: Credentials; readonly key: AccessKey } => {
  const credentials = openCredentials();
  const key = newAccessKey('AKIA');
  credentials.keep(key);
  return { credentials, key };
};

/** A gate that lets every known caller do everything. */
export const openGate: Gate = gateOf(
  () => undefined,
  () => {},
);
