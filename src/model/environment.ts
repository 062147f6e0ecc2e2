/**
 * Settings that TensorFlow reads once, when its library is loaded: imported before it.
 *
 * One intra-op and one inter-op thread: a worker process owns one core, and sums whose order
 * depends on the number of threads would give other bits on other machines. No oneDNN kernels in
 * place of TensorFlow's own: they are chosen by size and by processor, and so are their last bits.
 */
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
process.env['TF_NUM_INTEROP_THREADS'] = '1';
process.env['TF_ENABLE_ONEDNN_OPTS'] = '0';
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
