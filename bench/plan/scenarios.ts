import type { NodeResources } from '../../src/partition/profile.js';

/** Nodes that a plan is made for. */
export interface Scenario {
  readonly name: string;
  readonly nodes: readonly NodeResources[];
  /** What is tried beside the plan that is chosen. */
  readonly rivals: readonly Rival[];
}

/** A plan that is not the chosen one: whole copies, the best one with a cut, and the seed's. */
export type Rival = 'whole copies' | 'best cut' | 'even';

/** Of a core: six nodes leave the dispatcher and the broker 0.8 of two. */
export const nodeShare = 0.2;
/** Of a node behind a slow link, in each direction: 16 Mbit/s. */
export const slowBytesPerS = 2_000_000;

interface NodeKind {
  readonly cores: number;
  readonly isSlowlyLinked?: boolean;
  readonly memoryBytes?: number;
}

function nodesOf(base: NodeResources, kinds: readonly NodeKind[]): NodeResources[] {
  return kinds.map(({ cores, isSlowlyLinked = false, memoryBytes }, at) => ({
    ...base,
    name: `node-${at + 1}${isSlowlyLinked ? '-slow' : ''}`,
    cores,
    speed: 1,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(isSlowlyLinked ? { uploadBytesPerS: slowBytesPerS, downloadBytesPerS: slowBytesPerS } : {}),
  }));
}

/** Whether a node reaches the broker by the slow link. */
export function isSlowlyLinked({ name }: Pick<NodeResources, 'name'>): boolean {
  return name.endsWith('-slow');
}

/**
 * What is planned and measured: one to six equal nodes, and unequal ones.
 *
 * @param base the node that was profiled
 * @param isQuick two of them only
 */
export function scenarios(base: NodeResources, isQuick: boolean): Scenario[] {
  const equal = (count: number): Scenario => ({
    name: `${count} equal`,
    nodes: nodesOf(
      base,
      Array.from({ length: count }, () => ({ cores: nodeShare })),
    ),
    rivals: count === 1 ? [] : ['whole copies', 'best cut', 'even'],
  });
  const twoOneOne: Scenario = {
    name: '2 : 1 : 1',
    nodes: nodesOf(base, [{ cores: 2 * nodeShare }, { cores: nodeShare }, { cores: nodeShare }]),
    rivals: ['whole copies', 'best cut', 'even'],
  };
  if (isQuick) return [equal(2)];
  return [
    ...[1, 2, 3, 4, 5, 6].map(equal),
    twoOneOne,
    {
      name: '3, slow link',
      nodes: nodesOf(base, [
        { cores: nodeShare, isSlowlyLinked: true },
        { cores: nodeShare },
        { cores: nodeShare },
      ]),
      rivals: ['whole copies', 'best cut', 'even'],
    },
  ];
}
