"""Writes keras/: small models as Keras saves them, and what Keras itself computes with them.

    python3 -m venv venv
    venv/bin/pip install keras==3.15.1 jax[cpu]==0.10.2 h5py==3.16.0 numpy==2.4.6
    venv/bin/python make_keras_models.py

Each model is written as NAME.keras (Keras' own format) and NAME.h5 (its legacy format, the one that
Keras 2 wrote too). NAME.json has the inputs and the outputs, each with its shape, and float32
values. Weights and inputs are random numbers of a fixed seed, so none of it is anybody's data.

The layers of "refused" are ones that can't be imported; it has neither inputs nor outputs.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras import layers

ITEMS = 3
FOLDER = Path(__file__).parent / "keras"


def gru():
    """Either kind of GRU: with the reset gate behind the product, and before it."""
    return keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            layers.Embedding(11, 4, name="cells"),
            layers.GRU(6, return_sequences=True, reset_after=True, name="gru_after"),
            layers.LayerNormalization(epsilon=1e-5),
            layers.Dropout(0.4),
            layers.GRU(5, reset_after=False, name="gru_before"),
            layers.Dense(7, activation="softmax", name="scores"),
        ]
    )


def lstm():
    return keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.LSTM(6, return_sequences=True),
            layers.LSTM(4, use_bias=False),
            layers.Dense(5, activation="tanh"),
        ]
    )


def bidirectional():
    return keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True), name="both_ways"),
            layers.Bidirectional(layers.GRU(3, reset_after=False), merge_mode="sum"),
            layers.Dense(4),
        ]
    )


def pictures():
    """Layers for pictures, and activations, one after the other."""
    return keras.Sequential(
        [
            keras.Input((8, 10, 3)),
            layers.Rescaling(0.5, offset=-0.1),
            layers.ZeroPadding2D(((1, 0), (0, 2))),
            layers.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2),
            layers.LeakyReLU(negative_slope=0.2),
            layers.SeparableConv2D(5, 3, padding="same", activation="silu"),
            layers.SpatialDropout2D(0.3),
            layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="elu"),
            layers.PReLU(shared_axes=[1, 2]),
            layers.AveragePooling2D(2, padding="same"),
            layers.BatchNormalization(scale=False),
            layers.UpSampling2D(2),
            layers.Cropping2D(((1, 0), (0, 1))),
            layers.Identity(),
            layers.Conv2D(3, (2, 3), dilation_rate=2, activation="gelu"),
            layers.MaxPooling2D(2),
            layers.GaussianNoise(0.1),
            layers.Permute((2, 3, 1)),
            layers.Reshape((-1, 9)),
            layers.TimeDistributed(layers.Dense(4, activation="mish")),
            layers.Conv1D(5, 2, padding="same", activation="softplus"),
            layers.MaxPooling1D(2),
            layers.ELU(),
            layers.GlobalAveragePooling1D(),
            layers.RepeatVector(2),
            layers.Flatten(),
            layers.Dense(6, activation="selu"),
            layers.Softmax(),
        ]
    )


def residual():
    image = keras.Input((8, 8, 2), name="image")
    before = layers.Conv2D(4, 3, padding="same", name="stem")(image)
    x = layers.BatchNormalization(name="norm")(before)
    x = layers.ReLU()(x)
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Add()([before, x])
    x = layers.Activation("relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(3, activation="softmax")(x))


def two_inputs():
    """Two inputs, two outputs, and a layer that both inputs go through."""
    left = keras.Input((4,), name="left")
    right = keras.Input((4,), name="right")
    shared = layers.Dense(5, activation="tanh", name="shared")
    both = layers.Concatenate(name="both")([shared(left), shared(right)])
    both = layers.Dropout(0.5)(both)
    score = layers.Dense(2, name="score")(both)
    return keras.Model([left, right], [score, layers.Dense(3, name="other")(both)])


def sequences():
    """Recurrent and convolutional branches that meet again."""
    steps = keras.Input((6, 3), name="steps")
    recurrent = layers.SimpleRNN(4, return_sequences=True)(steps)
    convolved = layers.Conv1D(4, 3, padding="same", activation="relu")(steps)
    x = layers.Concatenate()([recurrent, convolved])
    x = layers.Activation("silu")(x)
    x = layers.Average()([x, layers.Dense(8, activation="sigmoid")(x)])
    x = layers.AveragePooling1D(2, strides=1)(x)
    for unlike_training in [
        layers.SpatialDropout1D(0.2),
        layers.GaussianDropout(0.2),
        layers.AlphaDropout(0.2),
        layers.ActivityRegularization(0.1),
    ]:
        x = unlike_training(x)
    x = layers.GRU(5, reset_after=False)(x)
    return keras.Model(steps, layers.Dense(2)(x))


def volumes():
    """Layers for volumes and for films, and every way to merge two branches."""
    volume = keras.Input((4, 6, 6, 2), name="volume")
    x = layers.Conv3D(3, 2, padding="same", activation="relu6")(volume)
    x = layers.AveragePooling3D((1, 2, 2))(x)
    x = layers.Conv3DTranspose(2, 2, strides=(1, 2, 2), activation="softsign")(x)
    x = layers.MaxPooling3D((1, 2, 2))(x)
    film = layers.ConvLSTM2D(3, 2, padding="same", return_sequences=False, activation="tanh")(x)
    left = layers.GlobalMaxPooling2D()(film)
    right = layers.GlobalAveragePooling2D()(film)
    x = layers.Maximum()([left, right]) + layers.Minimum()([left, right])
    x = layers.Multiply()([x, left]) * right
    lines = layers.Reshape((3, 3))(layers.Dense(9)(x))
    others = layers.Reshape((3, 3))(layers.Dense(9)(left))
    dots = layers.Dot(axes=2, normalize=True)([lines, others])
    x = layers.Concatenate(axis=1)([dots, lines])
    x = layers.GlobalMaxPooling1D()(x)
    return keras.Model(volume, layers.Activation("log_softmax")(x))


def nested():
    """A model whose layers are models."""
    block = keras.Sequential(
        [keras.Input((6,)), layers.Dense(5, name="inner"), layers.BatchNormalization(name="inner_norm")],
        name="block",
    )
    entry = keras.Input((4,))
    head = keras.Model(entry, layers.Dense(3, activation="softmax", name="head_scores")(entry), name="head")
    features = keras.Input((6,), name="features")
    x = layers.Dense(4, name="outer")(block(features))
    return keras.Model(features, head(x))


def refused():
    picture = keras.Input((6, 6, 4), name="picture")
    x = layers.GroupNormalization(groups=2, name="groups")(picture)
    x = layers.Conv2D(4, 3, groups=2, name="grouped")(x)
    x = layers.Lambda(lambda value: value * 2, name="twice")(x)
    x = layers.Activation("hard_sigmoid", name="hard")(x)
    return keras.Model(picture, x + 1)


def transfer():
    """As networks are made of others that were trained before: a frozen base with a head.

    One layer of the base is not frozen, which makes no difference to Keras as long as the base is.
    """
    pixels = keras.Input((None, None, 3), name="pixels")
    x = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="conv")(pixels)
    x = layers.BatchNormalization(name="norm")(x)
    before = layers.ReLU(6, name="relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", name="conv_2")(before)
    norm_2 = layers.BatchNormalization(name="norm_2")
    x = norm_2(x)
    base = keras.Model(pixels, layers.Add(name="add")([before, x]), name="base")
    base.trainable = False
    norm_2.trainable = True
    picture = keras.Input((8, 8, 3), name="picture")
    x = layers.Rescaling(2.0, offset=-1.0, name="rescale")(picture)
    x = layers.GlobalAveragePooling2D(name="pool")(base(x, training=False))
    x = layers.Dropout(0.2, name="dropout")(x)
    return keras.Model(picture, layers.Dense(3, activation="softmax", name="scores")(x))


def augmented():
    """Layers that change pictures at random in training. Keras can't write them in its legacy format."""
    changes = [
        layers.RandomFlip(name="flip"),
        layers.RandomRotation(0.2, name="rotation"),
        layers.RandomZoom(0.2, name="zoom"),
        layers.RandomTranslation(0.1, 0.1, name="translation"),
        layers.RandomContrast(0.3, name="contrast"),
        layers.RandomBrightness(0.3, name="brightness"),
    ]
    picture = keras.Input((6, 6, 3), name="picture")
    x = keras.Sequential(changes, name="augment")(picture)
    x = layers.Conv2D(2, 3, name="conv")(x)
    return keras.Model(picture, layers.GlobalMaxPooling2D(name="pool")(x))


def sequence_of_models():
    """A sequence that begins with a model; some of its layers are frozen, and names come again."""
    steps = keras.Input((5, 3), name="steps")
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both_ways")(steps)
    x = layers.BatchNormalization(name="norm", trainable=False)(x)
    x = layers.TimeDistributed(layers.Dense(4), name="each")(x)
    x = layers.BatchNormalization(name="norm_2")(x)
    encoder = keras.Model(steps, layers.GRU(4, reset_after=True, name="gru")(x), name="encoder")
    deepest = keras.Sequential([layers.Dense(4, activation="tanh", name="dense"), layers.Dropout(0.3)], name="deepest")
    features = keras.Input((4,), name="features")
    x = layers.BatchNormalization(name="norm")(deepest(features))
    middle = keras.Model(features, layers.Add(name="add")([features, x]), name="middle")
    head = keras.Sequential([middle, layers.Dense(4, name="dense"), layers.BatchNormalization(name="norm_2")], name="head")
    return keras.Sequential([encoder, head, layers.Dense(2, name="scores")])


def several_ends():
    """A model within that takes two tensors and gives three, one of which is not taken."""
    left = keras.Input((4,), name="left")
    right = keras.Input((3,), name="right")
    both = layers.Concatenate(name="both")([right, left])
    unused = layers.Dense(2, name="unused")(both)
    gate = layers.Dense(4, activation="sigmoid", name="gate")(both)
    merge = keras.Model([left, right], [unused, layers.Multiply(name="product")([left, gate]), gate], name="merge")
    first = keras.Input((3,), name="first")
    second = keras.Input((4,), name="second")
    _, product, gate = merge([layers.Dense(4, name="unlike")(second), first])
    return keras.Model([first, second], [layers.Dense(2, name="scores")(product), gate])


def twice():
    """A model that two inputs go through: it is shared."""
    tower = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="tanh", name="dense")], name="tower")
    outer = keras.Input((4,), name="entry")
    block = keras.Model(outer, tower(outer), name="block")
    left = keras.Input((4,), name="left")
    right = keras.Input((4,), name="right")
    both = layers.Concatenate(name="both")([block(left), block(right)])
    return keras.Model([left, right], layers.Dense(2, name="scores")(both))


def random_weights(model, random):
    """Values far from zero everywhere: with the first zeros and ones, a swapped weight goes unseen."""
    for variable in model.variables:
        if "seed" in variable.path:
            continue
        values = random.uniform(-0.7, 0.7, variable.shape)
        variable.assign(np.abs(values) + 0.2 if variable.name == "moving_variance" else values)


def random_input(tensor, random):
    shape = (ITEMS, *tensor.shape[1:])
    if tensor.dtype == "int32":
        return random.integers(0, 11, shape).astype("int32")
    return random.uniform(-1, 1, shape).astype("float32")


def plain(array):
    values = [float(f"{value:.8g}") for value in np.asarray(array, dtype="float64").ravel()]
    return {"shape": list(array.shape), "values": values}


def write(make, random):
    name = make.__name__.replace("_", "-")
    model = make()
    random_weights(model, random)
    model.save(FOLDER / f"{name}.keras")
    if make is not augmented:
        model.save(FOLDER / f"{name}.h5")
    if make is refused:
        return
    inputs = [random_input(tensor, random) for tensor in model.inputs]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    vectors = {
        "keras": keras.__version__,
        "inputs": [plain(array) for array in inputs],
        "outputs": [plain(array) for array in (outputs if isinstance(outputs, list) else [outputs])],
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(vectors) + "\n")


FOLDER.mkdir(exist_ok=True)
plain_models = [gru, lstm, bidirectional, pictures, residual, two_inputs, sequences, volumes, nested, refused]
models_within_models = [transfer, augmented, sequence_of_models, several_ends, twice]
for group in [plain_models, models_within_models]:
    random = np.random.default_rng(6)
    for make in group:
        write(make, random)
