import type { Request } from '../request.ts';

/** What a request asks for beside its tool and input. */
export const askedOf = (request: Omit<Request, 'tool' | 'input'>) => ({
  tenant: request.tenant,
  ...(request.version === undefined ? {} : { askedVersion: request.version }),
  ...(request.cpu === undefined ? {} : { askedCpu: request.cpu }),
  ...(request.memoryMiB === undefined ? {} : { askedMemoryMiB: request.memoryMiB }),
});
