"""Prints, for every golden checkpoint, what PyTorch reads from it: {case: {tensor: [shape, sha256 of its float32 bytes]}}.

Usage: python test/oracles/golden-tensors.py > test/fixtures/checkpoints/golden-tensors.json
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

GOLDEN = Path(__file__).parent.parent / "fixtures" / "golden"


def load(folder):
    if (folder / "model.safetensors").exists():
        return load_file(folder / "model.safetensors")
    if (folder / "pytorch_model.bin").exists():
        return torch.load(folder / "pytorch_model.bin", weights_only=True)
    if (folder / "pytorch_model.bin.index.json").exists():
        index = json.loads((folder / "pytorch_model.bin.index.json").read_text())
        tensors = {}
        for shard in sorted(set(index["weight_map"].values())):
            tensors.update(torch.load(folder / shard, weights_only=True))
        return tensors
    return torch.load(folder / "mp_rank_00_model_states.pt", weights_only=False)["module"]


def main():
    result = {}
    for folder in sorted(path for path in GOLDEN.iterdir() if path.is_dir()):
        tensors = {}
        for name, tensor in load(folder).items():
            values = tensor.to(torch.float32).contiguous().numpy().astype("<f4")
            tensors[name.removeprefix("glm.")] = [list(values.shape), hashlib.sha256(np.ascontiguousarray(values)).hexdigest()]
        result[folder.name] = tensors
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
