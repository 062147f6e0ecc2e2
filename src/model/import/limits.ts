/** The most bytes of weights that are taken: WebAssembly reads them, within 2 GiB for all it holds. */
export const greatestWeightsBytes = 2 ** 30;

/** The most models within each other; a model of models is seldom deeper than three. */
export const greatestModelDepth = 20;

/** The most layers that a model and the models within it have together. */
export const greatestLayerCount = 100_000;

/** The most characters of a layer's name, those of the models around it included. */
export const greatestNameLength = 300;
