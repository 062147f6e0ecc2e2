/** Fingerprint of the empty string, and the polynomial of the CRC. */
const empty = 0xc15d213aa4d7a795n;

const table = Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ ((value & 1n) === 1n ? empty : 0n);
  return value;
});

/**
 * The 64-bit Rabin fingerprint that Avro names schemas by (CRC-64-AVRO).
 * Made for schemas, which are short and few; not for data.
 *
 * @see https://avro.apache.org/docs/1.11.1/specification/#schema-fingerprints
 */
export function crc64Avro(bytes: Uint8Array): bigint {
  let fingerprint = empty;
  for (const byte of bytes) {
    const entry = table[Number((fingerprint ^ BigInt(byte)) & 0xffn)] ?? 0n;
    fingerprint = (fingerprint >> 8n) ^ entry;
  }
  return fingerprint;
}
