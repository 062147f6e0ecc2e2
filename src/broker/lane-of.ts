import { Partitioners } from './kafka-client.js';

const partition = Partitioners.DefaultPartitioner();

type PartitionMetadata = Parameters<typeof partition>[0]['partitionMetadata'];

/** kafkajs's partitioner wants to be shown the lanes: one list for each number of them. */
const metadataByLanes = new Map<number, PartitionMetadata>();

/**
 * The lane of a vehicle: `toPositive(murmur2(vehicleId)) % lanes` over its UTF-8 bytes, as Kafka's
 * Java client places a record with that key.
 *
 * @see https://kafka.apache.org/39/javadoc/org/apache/kafka/clients/producer/internals/BuiltInPartitioner.html
 */
export function laneOf(vehicleId: string, lanes: number): number {
  let partitionMetadata = metadataByLanes.get(lanes);
  if (partitionMetadata === undefined) {
    partitionMetadata = Array.from({ length: lanes }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 0,
      replicas: [],
      isr: [],
    }));
    metadataByLanes.set(lanes, partitionMetadata);
  }
  return partition({ topic: '', partitionMetadata, message: { key: vehicleId, value: null } });
}
