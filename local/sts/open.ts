import type { AwsService } from '../service.ts';
import { stsApi } from './api.ts';

/** Opens STS. It has no state: the keys of all callers are the endpoint's. */
export const openSts = (): AwsService => ({ api: stsApi() });
