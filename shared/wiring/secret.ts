import { secretReader } from '../aws/secrets.ts';
import { secretsManager } from './clients.ts';

/** Reads a login from Secrets Manager. */
export const readSecret = (arn: string) => secretReader({ client: secretsManager() })(arn);
