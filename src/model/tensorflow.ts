import './environment.js';
import tensorflow from '@tensorflow/tfjs-node';
import type { KernelBackend } from '@tensorflow/tfjs-node';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';

/** TensorFlow.js with its native backend, on one thread. The only place that imports it. */
export const tf = tensorflow;

/** What the native backend has beyond other backends: it loads and runs SavedModels. */
export type NativeBackend = KernelBackend &
  Pick<
    NodeJSKernelBackend,
    'loadSavedModelMetaGraph' | 'runSavedModel' | 'deleteSavedModel' | 'executeMultipleOutputs'
  >;

/** The native backend. */
export function nativeBackend(): NativeBackend {
  return tensorflow.backend() as NativeBackend;
}
