/** The part of zstd-codec's native binding that is used here; the package has no types. */
declare module 'zstd-codec/lib/module.js' {
  interface Vector {
    resize(length: number, fill: number): void;
  }
  interface Binding {
    readonly VectorU8: new () => Vector;
    readonly ZstdCodec: new () => {
      compressBound(bytes: number): number;
      /** Gives the bytes written, or a negative number. */
      compress(into: Vector, from: Vector, level: number): number;
      /** Gives the bytes written, or a negative number if they are no frames or don't fit. */
      decompress(into: Vector, from: Vector): number;
    };
    cloneToVector(into: Vector, from: Uint8Array): void;
    cloneAsTypedArray(from: Vector): Uint8Array;
    /** Set by Emscripten: it makes a promise that resolves to the binding never settle. */
    then?: unknown;
  }
  const binding: { run(ready: (binding: Binding) => void): void };
  export default binding;
}
