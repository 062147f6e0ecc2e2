import { energyJ } from './energy.js';
import type { DistributedRun } from '../nodes/distributed.js';
import type { NodeWork } from '../nodes/node-work.js';

/** A row of the seed's tables, in units that are right. */
export interface NodeColumns {
  readonly node: string;
  /** 10 pJ for each bit that it decompresses and each that it compresses. */
  readonly energyJ: number;
  /** Serialisation and deserialisation. */
  readonly codecS: number;
  /** Bytes that it sends to the next node. */
  readonly payloadBytes: number;
  /** Null of the dispatcher, which computes nothing. */
  readonly inferenceS: number | null;
  /** The rest of the run's time: the network, Kafka's client, and what it waits. */
  readonly communicationS: number;
  /** Serialisation, deserialisation and communication. */
  readonly latencyS: number;
}

/** The rows of one number of nodes: dispatcher, node 1 … K, total. */
export interface NodeRows {
  readonly rows: readonly NodeColumns[];
  readonly total: NodeColumns;
}

/**
 * The seed's columns of a run. The work of each process is that of one item on its average, times
 * the items of the run: all processes are shown at the same work, those too that were ahead.
 */
export function nodeRows({ spanMs, items, windower, nodes, sink }: DistributedRun): NodeRows {
  const of = ({ items: done }: NodeWork, value: number): number =>
    done > 0 ? (value / done) * items : 0;
  const codecMs = (work: NodeWork): number => of(work, work.decodeMs + work.encodeMs);
  const sent = (work: NodeWork | undefined): number =>
    work === undefined ? 0 : of(work, work.payloadBytes);
  const row = (
    node: string,
    workMs: { readonly codec: number; readonly inference: number | null },
    bytes: { readonly received: number; readonly sent: number },
  ): NodeColumns => {
    const codecS = workMs.codec / 1000;
    const inferenceS = workMs.inference === null ? null : workMs.inference / 1000;
    const communicationS = spanMs / 1000 - codecS - (inferenceS ?? 0);
    return {
      ...{ node, codecS, inferenceS, communicationS },
      energyJ: energyJ(bytes.received + bytes.sent),
      payloadBytes: bytes.sent,
      latencyS: codecS + communicationS,
    };
  };
  const dispatcher = row(
    'dispatcher',
    { codec: codecMs(windower) + codecMs(sink), inference: null },
    { received: sent(nodes.at(-1)), sent: sent(windower) },
  );
  const workers = nodes.map((work, at) =>
    row(
      `node ${at + 1}`,
      { codec: codecMs(work), inference: of(work, work.inferenceMs) },
      { received: sent(nodes[at - 1] ?? windower), sent: sent(work) },
    ),
  );
  const rows = [dispatcher, ...workers];
  return { rows, total: totalOf(rows) };
}

function totalOf(rows: readonly NodeColumns[]): NodeColumns {
  const sum = (value: (row: NodeColumns) => number): number =>
    rows.reduce((total, row) => total + value(row), 0);
  return {
    node: 'total',
    energyJ: sum((row) => row.energyJ),
    codecS: sum((row) => row.codecS),
    payloadBytes: sum((row) => row.payloadBytes),
    inferenceS: sum((row) => row.inferenceS ?? 0),
    communicationS: sum((row) => row.communicationS),
    latencyS: sum((row) => row.latencyS),
  };
}
