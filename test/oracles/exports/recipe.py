"""What makes one folder: its tokenizer, its config, how its weights are drawn and which files it has."""

from dataclasses import dataclass, field
from typing import Any

import torch
import transformers


@dataclass
class Recipe:
    family: str
    """masked, causal, t5 or bart: how the family reads a blank"""
    model: str
    """the transformers class"""
    tokenizer: Any
    tokenizer_config: dict
    config: dict
    """what config.json says; the value of a …_token_id may be the token"""
    inputs: list = field(default_factory=lambda: ["input_ids", "attention_mask"])
    opset: int = 14
    pad_to: int = 1
    """the model's vocabulary is a multiple of this; what lies above the tokenizer's is padding"""
    markup: bool = True
    """whether the text may hold what looks like special tokens: Unigram would find those among its pieces"""
    scale: dict = field(default_factory=dict)
    """standard deviations by a part of the parameter's name, where the usual one does not fit"""
    variants: tuple = ()
    external: bool = False
    """the weights lie in a file of their own, model.onnx_data"""
    merged: bool = True
    """decoder_model_merged.onnx, else decoder_model.onnx"""


def build(recipe, size, vocabulary):
    """The model of a recipe, with a vocabulary of `size` ids; `vocabulary` gives the id of a token."""
    kind = getattr(transformers, recipe.model)
    padded = -(-size // recipe.pad_to) * recipe.pad_to
    ids = {
        key: vocabulary(value) if isinstance(value, str) and key.endswith("_token_id") else value
        for key, value in recipe.config.items()
    }
    config = kind.config_class(vocab_size=padded, architectures=[recipe.model], **ids)
    config._attn_implementation = "eager"
    model = kind._from_config(config)
    return model.float().eval().requires_grad_(False)


def draw(model, recipe, seed):
    """Weights large enough that the log-probabilities of tokens differ clearly; biases and norms that are not trivial."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            wanted = next((s for part, s in recipe.scale.items() if part in name), None)
            norm = p.dim() == 1 and name.endswith("weight")
            usual = 0.15 if p.dim() == 1 else 0.4 if "emb" in name or "wte" in name or "shared" in name else 0.3
            p.copy_(noise * (usual if wanted is None else wanted) + (1.0 if norm else 0.0))
        for name, bias in model.named_buffers():
            if name == "final_logits_bias":
                bias.copy_(torch.randn(bias.shape, generator=generator))
