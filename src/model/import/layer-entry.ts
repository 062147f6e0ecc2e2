import { z } from 'zod';

/** No control characters: names are printed. */
const nameSchema = z
  .string()
  .regex(/^[^\p{Cc}]{1,300}$/u, 'expected a name of 1 to 300 characters');

/**
 * A layer, or a model, as configurations list it: Keras 2, Keras 3 and tfjs-layers have these keys in
 * common, and no two of them the same config.
 */
export const layerEntrySchema = z
  .object({
    class_name: nameSchema,
    module: z.string().nullish(),
    registered_name: z.string().nullish(),
    name: nameSchema.optional(),
    config: z.record(z.string(), z.unknown()),
    inbound_nodes: z.array(z.unknown()).default([]),
  })
  .transform(({ class_name: className, module, registered_name: registeredName, ...rest }) => ({
    className,
    module: module ?? null,
    registeredName: registeredName ?? null,
    /** Of a model as a whole, the name is of no account. */
    name: nameSchema.safeParse(rest.config['name']).data ?? rest.name ?? className,
    config: rest.config,
    calls: rest.inbound_nodes,
  }));

/** A layer, or a model, as configurations list it. */
export type LayerEntry = z.infer<typeof layerEntrySchema>;

/** A layer as `model.json` has it. */
export interface TfjsEntry {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** In functional models only, as is the next. */
  readonly name?: string;
  /** Per call of the layer, the tensors that it is called with: layer, call of it, output of it. */
  readonly inbound_nodes?: readonly (readonly TfjsTensor[])[];
}

/** A tensor in `inbound_nodes`. */
export type TfjsTensor = readonly [string, number, number, Readonly<Record<string, unknown>>];

/** A tensor: the layer that makes it, the how-manieth call of that, and which of its outputs. */
export type TensorOfLayer = readonly [layer: string, call: number, output: number];

/** What a functional model takes and gives. */
export interface ModelEnds {
  readonly inputs: readonly TensorOfLayer[];
  readonly outputs: readonly TensorOfLayer[];
}

/** What a model is made of. */
export interface ModelParts {
  readonly layers: readonly ConvertedLayer[];
  /** `null` for a sequence. */
  readonly ends: ModelEnds | null;
}

/** A layer that can be taken. */
export interface ConvertedLayer {
  readonly name: string;
  /** The class that the source calls it: its weights are filed by that. */
  readonly className: string;
  readonly tfjs: TfjsEntry;
  /** Where Keras 3 files its weights, below the layer itself. */
  readonly weightGroups: readonly string[];
  /** Whether training would change its weights: HDF5 files order those of a model by that. */
  readonly isTrainable: boolean;
  /** Of a layer that is a model. */
  readonly model?: ModelParts;
}

/** Whether a layer's configuration lets training change its weights. */
export function isTrainable({ config }: LayerEntry): boolean {
  return config['trainable'] !== false;
}

/** Which program wrote the source: names, and some formulas, are not the same in all. */
export interface Dialect {
  /** 3 for Keras 3, 2 for Keras 2; of tfjs-layers, which follows Keras 2, 2. */
  readonly kerasMajor: number;
}
