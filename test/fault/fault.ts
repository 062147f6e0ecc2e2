import type { FaultCluster } from './cluster.js';
import type { Feed } from './feed.js';
import type { FaultStand } from './stand.js';
import type { Chance, Traffic } from './traffic.js';

/** What a fault has at hand. */
export interface Arena {
  readonly cluster: FaultCluster;
  readonly stand: FaultStand;
  readonly feed: Feed;
  readonly traffic: Traffic;
  readonly chance: Chance;
  readonly sessionTimeoutMs: number;
}

/** Something that goes wrong while fixes keep flowing, and what users may rely on all the same. */
export interface Fault {
  /** As the table calls it. */
  readonly name: string;
  /** In one sentence, what a user may rely on. */
  readonly guarantee: string;
  /** How often it is injected in a full run and in a short one. */
  readonly times: { readonly full: number; readonly short: number };
  /** What is promised of the standstill of any lane, where something is. Milliseconds. */
  readonly promisedMs?: (sessionTimeoutMs: number) => number;
  /** Whether the next one comes without waiting until all is well again. */
  readonly isContinuous?: boolean;
  /** Lets it happen once, and ends it where it does not end by itself. */
  inject(arena: Arena): Promise<void>;
  /** Puts back what it has left. */
  after?(arena: Arena): Promise<void>;
}
