"""Prints what numpy makes of a few small matrices in the number formats of --dtype, straight from their formulas.

Usage: python test/oracles/quantise.py > test/fixtures/quantised.json

Arrays are base64 of their little-endian bytes.
- half: float32 values and their float16 (numpy rounds to nearest, ties to even).
- int8: codes [in, out] and scales [out]; the scale keeps neighbouring codes from summing to more than 128. `product` is
  x . W^T of the quantised numbers in float64 (Dettmers et al. 2022, arXiv:2208.07339, section 2.1).
- q8, q4: codes [out, blocks, bytes] and scales of ONNX Runtime's MatMulNBits, symmetric, blocks of 32; `product` is x . W^T
  in float64 with W as it reads back, `bound` how far from it a product may be whose activations have 8 bits.
"""

import base64
import json
import sys

import numpy as np

BLOCK = 32


def b64(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def nearest(x):
    return np.floor(x + 0.5)


def half_case(rng):
    exact = np.arange(65536, dtype=np.uint16).view(np.float16)
    exact = exact[np.isfinite(exact)].astype(np.float32)
    positive = np.sort(exact[exact >= 0])
    between = (positive[:-1] + positive[1:]) / 2  # ties
    some = rng.choice(np.concatenate([between, np.nextafter(between, np.float32(9e9)), positive]), 400)
    drawn = rng.standard_normal(400) * 10.0 ** rng.integers(-9, 5, 400)
    extra = [0.0, -0.0, 65504, -65504, 65519.99, 2.0**-24, 2.0**-25, 2.0**-26, 6.1e-5, 1e-40, -1e-40]
    values = np.concatenate([some, -some[:50], drawn[np.abs(drawn) < 65504], extra]).astype(np.float32)
    return {"values": b64(values), "codes": b64(values.astype(np.float16).view(np.uint16))}


def int8(w, x):
    pairs = np.abs(np.pad(w, ((0, 0), (0, w.shape[1] % 2)))).astype(np.float64).reshape(len(w), -1, 2)
    scales = (pairs.sum(-1).max(-1) / 127).astype(np.float32)
    divisor = np.where(scales == 0, 1, scales).astype(np.float64)
    codes = nearest(w / divisor[:, None]).astype(np.int8)
    of_x = np.maximum(np.abs(x).max(-1) * np.float32(1 / 127), np.float32(1e-30)).astype(np.float32)
    codes_of_x = np.rint(x / of_x[:, None])
    product = (codes_of_x.astype(np.int64) @ codes.T.astype(np.int64)) * of_x[:, None].astype(float) * scales
    return {"codes": b64(codes.T), "scales": b64(scales), "product": product.tolist()}


def blocks(w, x, bits):
    rows, columns = w.shape
    middle = 2 ** (bits - 1)
    v = np.pad(w, ((0, 0), (0, -columns % BLOCK))).reshape(rows, -1, BLOCK).astype(np.float64)
    largest = np.take_along_axis(v, np.abs(v).argmax(-1)[..., None], -1)[..., 0]
    scales = (largest / -middle).astype(np.float32) + np.float32(0)  # no -0
    divisor = np.where(scales == 0, 1, scales).astype(np.float64)[..., None]
    codes = np.minimum(nearest(v / divisor) + middle, 2 * middle - 1).astype(np.uint8)
    back = ((codes.astype(float) - middle) * scales[..., None]).reshape(rows, -1)[:, :columns]
    packed = codes if bits == 8 else codes[..., 0::2] | codes[..., 1::2] << 4
    # ONNX Runtime quantises x to 8 bits too, block by block: each value is off by at most half of its block's step.
    steps = np.abs(np.pad(x, ((0, 0), (0, -columns % BLOCK))).reshape(len(x), -1, BLOCK)).max(-1) / 127
    bound = (np.repeat(steps, BLOCK, -1)[:, :columns] / 2) @ np.abs(back.T)
    product = x.astype(float) @ back.T
    return {"codes": b64(packed), "scales": b64(scales), "product": product.tolist(), "bound": bound.tolist()}


rng = np.random.default_rng(7)
cases = []
for rows, columns in [(5, 64), (67, 70), (4, 7)]:
    w = (rng.standard_normal((rows, columns)) * 0.05).astype(np.float32)
    w[1] = 0
    w[2, : columns // 2] = 0
    w[3, 2:4] = [0.9, -0.9]  # neighbours that set the scale
    x = (rng.standard_normal((3, columns)) * [[1], [30], [0.01]]).astype(np.float32)
    x[0, 3] = 25  # an outlier among the activations
    case = {"rows": rows, "columns": columns, "w": b64(w), "x": b64(x)}
    cases.append({**case, "int8": int8(w, x), "q8": blocks(w, x, 8), "q4": blocks(w, x, 4)})
json.dump({"half": half_case(rng), "matrices": cases}, sys.stdout, indent=1)
print()
