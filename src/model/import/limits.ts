/** The most bytes of weights that are taken: WebAssembly reads them, within 2 GiB for all it holds. */
export const greatestWeightsBytes = 2 ** 30;
