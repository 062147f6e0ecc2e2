import type { Fault } from './fault.js';
import { brokers } from './faults/brokers.js';
import { diskFull } from './faults/disk-full.js';
import { goneFaults } from './faults/gone.js';
import { kills } from './faults/kills.js';
import { membership } from './faults/membership.js';
import { network } from './faults/network.js';
import { poison } from './faults/poison.js';
import { slowStage } from './faults/slow-stage.js';
import { zombies } from './faults/zombies.js';
import type { ToldFault } from './told.js';

/** What one pipeline goes through, one after the other, while its fixes keep flowing. */
export const enduredFaults: readonly Fault[] = [
  poison,
  ...membership,
  ...kills,
  ...zombies,
  ...network,
  ...brokers,
];

/** What has a pipeline of its own each time. */
export const toldFaults: readonly ToldFault[] = [...goneFaults, diskFull, slowStage];

/** How long a silent worker keeps its lanes in these runs. Milliseconds. */
export const sessionTimeoutMs = 3_000;
