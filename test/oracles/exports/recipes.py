"""One recipe an architecture: its tokenizer, its config, how its weights are drawn and which files it has."""

from dataclasses import dataclass, field
from typing import Any

import transformers

from . import tokens

BERT_SPECIAL = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
T5_SPECIAL = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}


@dataclass
class Recipe:
    family: str
    model: str
    """the transformers class"""
    tokenizer: Any
    tokenizer_config: dict
    config: dict
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


WITH_TYPES = ["input_ids", "attention_mask", "token_type_ids"]
WITH_POSITIONS = ["input_ids", "attention_mask", "position_ids"]

RECIPES = {
    "bert": Recipe(
        family="masked",
        model="BertForMaskedLM",
        tokenizer=lambda: tokens.wordpiece(360),
        tokenizer_config={"tokenizer_class": "BertTokenizer", "do_lower_case": True, **BERT_SPECIAL},
        config=dict(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=48,
            max_position_embeddings=128,
            pad_token_id=0,
        ),
        inputs=WITH_TYPES,
        variants=("fp16", "quantized"),
    ),
    "gpt2": Recipe(
        family="causal",
        model="GPT2LMHeadModel",
        tokenizer=lambda: tokens.byte_level(420, [], last=["<|endoftext|>"]),
        tokenizer_config={
            "tokenizer_class": "GPT2Tokenizer",
            "add_prefix_space": False,
            "bos_token": "<|endoftext|>",
            "eos_token": "<|endoftext|>",
            "unk_token": "<|endoftext|>",
        },
        config=dict(
            n_embd=32, n_layer=2, n_head=2, n_inner=48, n_positions=160, bos_token_id="<|endoftext|>", eos_token_id="<|endoftext|>"
        ),
        inputs=WITH_POSITIONS,
        variants=("fp16", "quantized"),
    ),
    "t5": Recipe(
        family="t5",
        model="T5ForConditionalGeneration",
        tokenizer=lambda: tokens.t5(300),
        tokenizer_config={"tokenizer_class": "T5Tokenizer", "extra_ids": 100, **T5_SPECIAL},
        config=dict(
            d_model=32,
            d_kv=8,
            d_ff=48,
            num_layers=2,
            num_decoder_layers=2,
            num_heads=3,
            feed_forward_proj="relu",
            tie_word_embeddings=True,
            decoder_start_token_id=0,
            pad_token_id=0,
            eos_token_id=1,
        ),
        markup=False,
        pad_to=32,
        scale={"shared": 2.0, ".q.": 0.12},
    ),
}


def build(name, size, vocabulary):
    """The model of a recipe, with a vocabulary of `size` ids; `vocabulary` gives the id of a token."""
    recipe = RECIPES[name]
    kind = getattr(transformers, recipe.model)
    padded = -(-size // recipe.pad_to) * recipe.pad_to
    ids = {key: vocabulary(value) if isinstance(value, str) and key.endswith("_token_id") else value for key, value in recipe.config.items()}
    config = kind.config_class(vocab_size=padded, architectures=[recipe.model], **ids)
    config._attn_implementation = "eager"
    model = kind._from_config(config)
    return model.float().eval().requires_grad_(False)
