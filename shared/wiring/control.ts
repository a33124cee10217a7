import type { ControlPorts } from '../flows/control.ts';
import { log } from '../log.ts';
import { submissionOf } from '../wire/message.ts';
import { broker } from './broker.ts';
import { clock } from './clock.ts';

/** For what operators ask of `control`. */
export const controlPorts = (): ControlPorts => ({ broker: broker(), submissionOf, log, clock });
