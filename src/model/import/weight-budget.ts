import { ModelError } from '../errors.js';
import { sizeOf } from '../tensor.js';
import { tf } from '../tensorflow.js';

const className = 'StagecoachWeightBudget';
const left = new Map<number, number>();
let budgets = 0;

/**
 * Fills weights with zeros, as long as there are no more of them than the source can hold: a
 * configuration of a few bytes may call for any size.
 */
class WeightBudget extends tf.serialization.Serializable {
  static readonly className = className;
  readonly #budget: number;

  constructor({ budget }: { readonly budget: number }) {
    super();
    this.#budget = budget;
  }

  override getConfig(): { budget: number } {
    return { budget: this.#budget };
  }

  /** What tfjs-layers calls to make a weight. */
  apply(shape: number[]): ReturnType<typeof tf.zeros> {
    const rest = (left.get(this.#budget) ?? 0) - sizeOf(shape);
    if (rest < 0) {
      throw new ModelError(
        'MODEL_FILE_INVALID',
        `The configuration calls for more weights than the file holds: one has the shape [${shape.join(', ')}].`,
      );
    }
    left.set(this.#budget, rest);
    return tf.zeros(shape);
  }
}

tf.serialization.registerClass(WeightBudget);

const initialised = [
  'kernel',
  'recurrent',
  'bias',
  'embeddings',
  'alpha',
  'depthwise',
  'pointwise',
];
const ofNormalisations = ['beta', 'gamma', 'moving_mean', 'moving_variance'];

/**
 * Runs something with initialisers that together fill so many numbers and no more.
 * @param use gets settings for the configuration of every layer
 */
export async function withinBudget<Result>(
  elements: number,
  use: (initialisers: Readonly<Record<string, unknown>>) => Promise<Result>,
): Promise<Result> {
  budgets += 1;
  const budget = budgets;
  left.set(budget, elements);
  const initialiser = { class_name: className, config: { budget } };
  try {
    return await use(
      Object.fromEntries(
        [...initialised, ...ofNormalisations].map((name) => [`${name}_initializer`, initialiser]),
      ),
    );
  } finally {
    left.delete(budget);
  }
}
