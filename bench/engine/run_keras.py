"""Runs the network in Keras for the engine bench, on one thread.

Reads lines of JSON and answers each with one: first {"layers": [...], "weights": path}, where the
layers are as in model.json and the weights float32, one after the other; then {"items": B,
"seconds": S, "rows": [[...]]}, answered by {"items": done, "seconds": of processor time}.
"""

import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def layer_of(entry):
    config = entry["config"]
    kind = entry["class_name"]
    if kind == "Embedding":
        return keras.layers.Embedding(config["input_dim"], config["output_dim"])
    if kind == "GRU":
        return keras.layers.GRU(
            config["units"],
            recurrent_activation=config["recurrent_activation"],
            reset_after=config["reset_after"],
            return_sequences=config["return_sequences"],
        )
    if kind == "LayerNormalization":
        return keras.layers.LayerNormalization(epsilon=config["epsilon"])
    if kind == "Dropout":
        return keras.layers.Dropout(config["rate"])
    return keras.layers.Dense(config["units"], activation=config["activation"])


def load(order):
    layers = order["layers"]
    steps = layers[0]["config"]["batch_input_shape"][1]
    model = keras.Sequential([keras.Input((steps,)), *map(layer_of, layers)])
    values = np.fromfile(order["weights"], dtype="<f4")
    start = 0
    for layer in model.layers:
        # A dropout keeps the state of its random numbers among its variables.
        for weight in layer.trainable_weights:
            end = start + int(np.prod(weight.shape))
            weight.assign(values[start:end].reshape(weight.shape))
            start = end
    assert start == len(values)
    return model


def main():
    model = load(json.loads(sys.stdin.readline()))
    print(json.dumps({"version": keras.__version__}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        cells = np.array(order["rows"], dtype="int32")
        start = time.process_time()
        scores = model.predict_on_batch(cells)
        done = len(cells)
        while time.process_time() - start < order["seconds"]:
            scores = model.predict_on_batch(cells)
            done += len(cells)
        answer = {"items": done, "seconds": time.process_time() - start, "first": scores[0].tolist()}
        print(json.dumps(answer), flush=True)


main()
