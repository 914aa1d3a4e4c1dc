"""Writes test/fixtures/checkpoints/: small checkpoints of unusual layouts and types, and the values PyTorch reads from them.

Usage: python test/oracles/checkpoint-fixtures.py (deletes and rewrites the folders it makes; expected.json says what is in them)
"""

import argparse
import collections
import hashlib
import io
import json
import pickle
import random
import shutil
import sys
import types
import zipfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

FIXTURES = Path(__file__).parent.parent / "fixtures"
OUT = FIXTURES / "checkpoints"
EXPECTED = {}
MAGIC = 0x1950A86A20F9469CFC6C


def folder(name):
    path = OUT / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def digest(values):
    return hashlib.sha256(np.ascontiguousarray(values.astype("<f4"))).hexdigest()


def expect(name, tensors):
    EXPECTED[name] = {
        key: [str(t.dtype).removeprefix("torch."), list(t.shape), digest(t.detach().to(torch.float32).contiguous().numpy())]
        for key, t in tensors.items()
    }


def layouts():
    torch.manual_seed(1)
    base = torch.randn(24, 10)
    cube = torch.randn(5, 6, 7)
    parameter = torch.nn.Parameter(torch.randn(3, 2))
    marked = torch.nn.Parameter(torch.randn(2, 2))
    marked.model_parallel = True  # gives _rebuild_parameter_with_state
    tagged = torch.randn(4)
    tagged.tag = "x"  # gives _rebuild_from_type_v2
    return {
        "whole": base,
        "transposed": base.t(),
        "columns": base[:, 3:7],
        "transposed_columns": base[:, 3:7].t(),
        "every_third_row": base[1::3],
        "every_second_column": base[:, ::2],
        "row": base[5],
        "column": base[:, 4],
        "element": base[3, 3],
        "permuted": cube.permute(2, 0, 1),
        "permuted_slice": cube[1:4, ::2, 2:].permute(1, 2, 0),
        "one_wide": cube[:, :1, :].transpose(0, 2),
        "empty": torch.zeros(0, 4),
        "parameter": parameter,
        "parameter_with_state": marked,
        "with_attribute": tagged,
    }


def make_layouts():
    for name, zipped in (("layouts-zip", True), ("layouts-legacy", False)):
        tensors = layouts()
        torch.save(tensors, folder(name) / "pytorch_model.bin", _use_new_zipfile_serialization=zipped)
        expect(name, tensors)


def make_types():
    torch.manual_seed(2)
    values = torch.randn(6, 5) * torch.logspace(-6, 4, 5)
    tensors = {
        "float32": values,
        "float16": (values * 1e-3).to(torch.float16),
        "bfloat16": values.to(torch.bfloat16),
        "float64": values.double() * np.pi,
    }
    ignored = {
        "position_ids": torch.arange(6),
        "int32": torch.arange(3, dtype=torch.int32),
        "mask": torch.ones(2, 2, dtype=torch.bool),
        "bytes": torch.arange(5, dtype=torch.uint8),
    }
    everything = tensors | ignored
    torch.save(everything, folder("types-zip") / "pytorch_model.bin")
    torch.save(everything, folder("types-legacy") / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    save_file(everything, folder("types-safetensors") / "model.safetensors", metadata={"format": "pt"})
    for name in ("types-zip", "types-legacy", "types-safetensors"):
        expect(name, tensors)
    # A module's own state_dict carries attributes (_metadata).
    linear = torch.nn.Linear(3, 2)
    torch.save(linear.state_dict(), folder("state-dict") / "pytorch_model.bin")
    expect("state-dict", linear.state_dict())


def make_bad_values():
    save_file({"transformer.final_layernorm.bias": torch.tensor([1.0, float("nan")])}, folder("nan") / "model.safetensors")
    infinite = {"word_embeddings.weight": torch.tensor([[1.0, 2.0], [3.0, float("-inf")]]).to(torch.float16)}
    torch.save(infinite, folder("infinite") / "pytorch_model.bin")
    torch.save({"too_large": torch.tensor([1e300], dtype=torch.float64)}, folder("overflow") / "pytorch_model.bin")
    quantised = {"transformer.layers.0.attention.dense.weight": torch.ones(2, 2, dtype=torch.int8)}
    save_file(quantised, folder("quantised-safetensors") / "model.safetensors")
    torch.save(quantised, folder("quantised-zip") / "pytorch_model.bin")
    torch.save({"expanded": torch.ones(1).expand(1000)}, folder("expanded") / "pytorch_model.bin")
    twice = {"glm.word_embeddings.weight": torch.ones(2), "word_embeddings.weight": torch.zeros(2)}
    torch.save(twice, folder("twice") / "pytorch_model.bin")


def split(name, tensor, parts):
    """The model-parallel split of the original repository."""
    if "query_key_value" in name:
        blocks = [block.chunk(parts) for block in tensor.chunk(3)]
        return [torch.cat([block[rank] for block in blocks]) for rank in range(parts)]
    if name == "word_embeddings.weight" or "dense_h_to_4h" in name:
        return list(tensor.chunk(parts))
    if name.endswith(("attention.dense.weight", "dense_4h_to_h.weight")):
        return list(tensor.chunk(parts, dim=1))
    return [tensor] * parts


def make_split():
    whole = torch.load(FIXTURES / "golden" / "original-megatron" / "mp_rank_00_model_states.pt", weights_only=False)
    path = folder("megatron-2way")
    (path / "latest_checkpointed_iteration.txt").write_text("1000\n")
    (path / "1000").mkdir()
    for rank in range(2):
        # Layer 1's parts stay views of the whole (strided, with storages larger than they are).
        module = {
            name: part if "layers.1.attention" in name else part.clone()
            for name, tensor in whole["module"].items()
            for part in [split(name, tensor, 2)[rank]]
        }
        torch.save({"module": module, "mp_world_size": 2, "iteration": 1000}, path / "1000" / f"mp_rank_{rank:02d}_model_states.pt")
    expect("megatron-2way", whole["module"])


def make_training_objects():
    unknown = types.ModuleType("some_trainer")
    for name in ("Scheduler", "Sampler"):
        kind = type(name, (dict,) if name == "Sampler" else (), {"__module__": "some_trainer"})
        setattr(unknown, name, kind)
    sys.modules["some_trainer"] = unknown
    scheduler = unknown.Scheduler()
    scheduler.steps = 7
    tensors = {
        "word_embeddings.weight": torch.randn(4, 2).half(),
        "transformer.final_layernorm.weight": torch.randn(2),
        "prompt.weight": torch.randn(3),
    }
    content = {
        "module": {f"{prefix}{name}": t for prefix, (name, t) in zip(("module.model.", "module.", ""), tensors.items())},
        "args": argparse.Namespace(num_layers=1, hidden_size=2, big=2**70, negative=-(2**40), text="é", ratio=0.5),
        "optimizer": {"state": {0: {"exp_avg": torch.randn(2)}}, "param_groups": [{"lr": 1e-4}]},
        "random_rng_state": random.Random(0).getstate(),
        "np_rng_state": np.random.RandomState(0).get_state(),
        "torch_rng_state": torch.get_rng_state()[:16].clone(),
        "scheduler": scheduler,
        "sampler": unknown.Sampler(epoch=1),
        "device": torch.device("cpu"),
        "sets": ({1, 2}, frozenset("ab")),
        "bytes": b"\x00\xff",
    }
    for name, zipped, protocol in (("zip", True, 2), ("legacy", False, 2), ("protocol4", True, 4), ("protocol1", False, 1)):
        path = folder(f"megatron-objects-{name}") / "mp_rank_00_model_states.pt"
        torch.save(content, path, _use_new_zipfile_serialization=zipped, pickle_protocol=protocol)
        expect(f"megatron-objects-{name}", tensors)


class Call:
    """Pickles as a call of anything."""

    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


def zip_of(data, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", "3\n")
    return buffer.getvalue()


def make_hostile():
    """Pickles that would leave a file `was-run` behind if anything in them were executed."""
    import os

    system = Call(os.system, "touch was-run")
    evaluate = Call(eval, "open('was-run', 'w')")
    weights = {"word_embeddings.weight": system}
    header = b"".join(pickle.dumps(value, protocol=2) for value in (MAGIC, 1001, {"little_endian": True}))
    hostile = {
        "hostile-global-zip": zip_of(pickle.dumps(weights, protocol=2)),
        "hostile-stack-global-zip": zip_of(pickle.dumps(weights, protocol=4)),
        "hostile-eval-zip": zip_of(pickle.dumps({"x": evaluate}, protocol=2)),
        "hostile-global-raw": pickle.dumps(system, protocol=0),
        "hostile-stack-global-raw": pickle.dumps(system, protocol=4),
        "hostile-legacy": header + pickle.dumps(weights, protocol=2) + pickle.dumps([], protocol=2),
        "hostile-inst-zip": zip_of(b"(S'touch was-run'\nios\nsystem\n."),
        "harmless-name-zip": zip_of(pickle.dumps({"x": argparse.Namespace(a=1)}, protocol=2)),
    }
    for name, data in hostile.items():
        (folder(name) / "pytorch_model.bin").write_bytes(data)
    torch.save(
        {"module": {"word_embeddings.weight": torch.ones(2, 2)}, "args": system, "more": [evaluate]},
        folder("hostile-beside-module") / "mp_rank_00_model_states.pt",
    )
    expect("hostile-beside-module", {"word_embeddings.weight": torch.ones(2, 2)})
    torch.save({"module": weights}, folder("hostile-in-module") / "mp_rank_00_model_states.pt")
    (folder("compressed") / "pytorch_model.bin").write_bytes(
        zip_of(pickle.dumps(collections.OrderedDict(), protocol=2), zipfile.ZIP_DEFLATED)
    )


def halves():
    """All finite float16 values, in the order of their bits."""
    bits = np.arange(65536, dtype="<u2")
    return digest(bits[(bits >> 10) % 32 != 31].view("<f2").astype("<f4"))


def main():
    make_layouts()
    make_types()
    make_bad_values()
    make_split()
    make_training_objects()
    make_hostile()
    (OUT / "expected.json").write_text(json.dumps({"halves": halves(), "checkpoints": EXPECTED}, indent=1) + "\n")


if __name__ == "__main__":
    main()
