import type { NodeResources, Profile } from '../../../../src/partition/profile.js';
import type { PlanRequest } from '../../../../src/partition/planner/plan-request.js';

/** A plan as this file reckons it. */
export interface ReckonedPlan {
  /** Index of the first layer of the 2nd, 3rd, … stage. */
  readonly cuts: readonly number[];
  readonly workers: number;
  readonly itemsPerS: number;
  readonly latencyMs: number;
  readonly energyJPerItem: number;
}

/**
 * Every plan that fits into memory, by counting up all cuts and, for each, all ways to give each
 * node to one stage or to none: nothing in common with the planner, formulas included, which are
 * written here from docs/planning.md once more, worker by worker. Nodes have one place each.
 */
export function* allPlans(request: PlanRequest): Generator<ReckonedPlan> {
  const layerCount = request.profile.layers.length;
  for (let cutSet = 0; cutSet < 2 ** (layerCount - 1); cutSet += 1) {
    const cuts: number[] = [];
    for (let cut = 1; cut < layerCount; cut += 1) if ((cutSet >> (cut - 1)) & 1) cuts.push(cut);
    const stages = cuts.length + 1;
    if (stages > request.nodes.length) continue;
    for (let code = 0; code < (stages + 1) ** request.nodes.length; code += 1) {
      const groups: NodeResources[][] = Array.from({ length: stages }, () => []);
      let rest = code;
      for (const node of request.nodes) {
        groups[(rest % (stages + 1)) - 1]?.push(node);
        rest = Math.floor(rest / (stages + 1));
      }
      if (groups.every((group) => group.length > 0)) {
        const plan = reckon(request, cuts, groups);
        if (plan !== undefined) yield plan;
      }
    }
  }
}

/** Undefined where a worker's memory is short. */
export function reckon(
  { profile, lanes, encoding }: PlanRequest,
  cuts: readonly number[],
  groups: readonly (readonly NodeResources[])[],
): ReckonedPlan | undefined {
  const bytes = profile.cuts.map((cut) => cut[encoding] ?? NaN);
  const borders = [0, ...cuts, profile.layers.length];
  let itemsPerS = Infinity;
  let latencyMs = 0;
  let hopBytes = 0;
  for (const [stage, group] of groups.entries()) {
    const [from, to] = [borders[stage] ?? NaN, borders[stage + 1] ?? NaN];
    const [inBytes, outBytes] = [bytes[from] ?? NaN, bytes[to] ?? NaN];
    hopBytes += inBytes;
    const mostLanes = Math.ceil(lanes / group.length);
    let slowestMs = 0;
    for (const node of group) {
      const need = demand(profile, from, to, inBytes, outBytes);
      if (need.memoryBytes > node.memoryBytes) return undefined;
      const speed = node.speed * Math.min(1, node.cores);
      const perItemMs = Math.max(
        need.loadMs / speed,
        (1000 * inBytes) / node.downloadBytesPerS,
        (1000 * outBytes) / node.uploadBytesPerS,
      );
      itemsPerS = Math.min(itemsPerS, ((1000 / perItemMs) * lanes) / mostLanes);
      const wayMs =
        1000 * (inBytes / node.downloadBytesPerS + outBytes / node.uploadBytesPerS) +
        node.roundTripMs;
      slowestMs = Math.max(slowestMs, (profile.restSlowdown * need.lightMs) / node.speed + wayMs);
    }
    latencyMs += slowestMs;
  }
  const [first, last] = [bytes[0] ?? NaN, bytes.at(-1) ?? NaN];
  return {
    cuts,
    workers: groups.flat().length,
    itemsPerS,
    latencyMs: latencyMs + endsMs(profile, first, last),
    energyJPerItem: 2 * (hopBytes + last) * 8 * 1e-11,
  };
}

function demand(profile: Profile, from: number, to: number, inBytes: number, outBytes: number) {
  const { recordItems } = profile;
  const layers = profile.layers.slice(from, to);
  const [hop] = profile.hops;
  const bytesMs =
    ((hop?.decodeNsPerByte ?? NaN) * inBytes + (hop?.encodeNsPerByte ?? NaN) * outBytes) / 1e6;
  const working = layers.map(({ workingBytes }) => workingBytes).sort((a, b) => b - a);
  // The profiles of these tests have times for 1 item and for a whole record.
  const sumOf = (batch: number) =>
    layers.reduce(
      (sum, { times }) => sum + (times.find((time) => time.batch === batch)?.ms.median ?? NaN),
      profile.calls.find((call) => call.batch === batch)?.ms ?? NaN,
    );
  return {
    loadMs:
      sumOf(recordItems) / recordItems +
      (hop?.recordMs ?? NaN) / recordItems +
      (hop?.itemMs ?? NaN) +
      bytesMs,
    lightMs: sumOf(1) + bytesMs,
    memoryBytes:
      profile.processBytes +
      layers.reduce((sum, { weightsBytes }) => sum + weightsBytes, 0) +
      recordItems * ((working[0] ?? 0) + (working[1] ?? 0)),
  };
}

/** Windower and sink on the profiled node. */
function endsMs({ node, hops, restSlowdown }: Profile, first: number, last: number): number {
  const [hop] = hops;
  const processorMs =
    ((hop?.encodeNsPerByte ?? NaN) * first + (hop?.decodeNsPerByte ?? NaN) * last) / 1e6;
  const wayMs = 1000 * (first / node.uploadBytesPerS + last / node.downloadBytesPerS);
  return (restSlowdown * processorMs) / node.speed + 2 * node.roundTripMs + wayMs;
}
