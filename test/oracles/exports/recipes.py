"""One recipe an architecture."""

from . import tokens
from .recipe import Recipe

BERT_SPECIAL = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
ALBERT_SPECIAL = {**BERT_SPECIAL, "pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "[CLS]", "eos_token": "[SEP]"}
BART_SPECIAL = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
T5_SPECIAL = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
LLAMA_SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
END_OF_TEXT = {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
END_IDS = {"bos_token_id": "<|endoftext|>", "eos_token_id": "<|endoftext|>"}
BERT_FRAME = (["[CLS]"], ["[SEP]"], ["[SEP]"])
# how the decoders after GPT-2 split text before the byte pairs
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = CL100K.replace("{1,3}", "")
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"


WITH_TYPES = ["input_ids", "attention_mask", "token_type_ids"]
WITH_POSITIONS = ["input_ids", "attention_mask", "position_ids"]


def masked(model, tokenizer, special, config, **more):
    return Recipe("masked", model, tokenizer, special, config, **more)


def causal(model, tokenizer, special, config, **more):
    return Recipe("causal", model, tokenizer, special, config, **{"inputs": WITH_POSITIONS, "opset": 17, **more})


def t5(model, tokenizer, config, **more):
    shape = dict(d_model=32, d_kv=8, d_ff=48, num_layers=2, num_decoder_layers=2, num_heads=3)
    ids = dict(decoder_start_token_id=0, pad_token_id=0, eos_token_id=1)
    special = {"tokenizer_class": "T5Tokenizer", "extra_ids": 100 if model.startswith("T5") else 0, **T5_SPECIAL}
    return Recipe("t5", model, tokenizer, special, {**shape, **ids, **config}, markup=False, **more)


# hidden size, layers, heads as most configurations name them
SHAPE = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48, max_position_embeddings=128)
WIDE = {**SHAPE, "num_attention_heads": 4, "max_position_embeddings": 160}

RECIPES = {
    "bert": masked(
        "BertForMaskedLM",
        lambda: tokens.wordpiece(480),
        {"tokenizer_class": "BertTokenizer", "do_lower_case": True, **BERT_SPECIAL},
        {**SHAPE, "pad_token_id": 0},
        inputs=WITH_TYPES,
        variants=("fp16", "quantized"),
    ),
    "distilbert": masked(
        "DistilBertForMaskedLM",
        lambda: tokens.wordpiece(480, lowercase=False),
        {"tokenizer_class": "DistilBertTokenizer", "do_lower_case": False, **BERT_SPECIAL},
        dict(dim=32, n_layers=2, n_heads=2, hidden_dim=48, max_position_embeddings=128, pad_token_id=0),
    ),
    "roberta": masked(
        "RobertaForMaskedLM",
        lambda: tokens.roberta(580),
        {"tokenizer_class": "RobertaTokenizer", "add_prefix_space": False, **BART_SPECIAL},
        {**SHAPE, "max_position_embeddings": 130, "type_vocab_size": 1, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2},
    ),
    "albert": masked(
        "AlbertForMaskedLM",
        lambda: tokens.albert(420),
        {"tokenizer_class": "AlbertTokenizer", "do_lower_case": True, "keep_accents": False, **ALBERT_SPECIAL},
        {**SHAPE, "embedding_size": 16, "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3},
        inputs=WITH_TYPES,
        markup=False,
    ),
    "deberta": masked(
        "DebertaForMaskedLM",
        lambda: tokens.byte_level(580, ["[CLS]", "[PAD]", "[SEP]", "[UNK]"], last=["[MASK]"], frame=BERT_FRAME, types=True),
        {"tokenizer_class": "DebertaTokenizer", "add_prefix_space": False, **BERT_SPECIAL},
        {
            **SHAPE,
            "relative_attention": True,
            "max_relative_positions": -1,
            "pos_att_type": ["c2p", "p2c"],
            "position_biased_input": False,
            "type_vocab_size": 2,
            "pad_token_id": 1,
        },
        inputs=WITH_TYPES,
    ),
    "deberta-v2": masked(
        "DebertaV2ForMaskedLM",
        lambda: tokens.deberta_v2(420),
        {"tokenizer_class": "DebertaV2Tokenizer", "do_lower_case": False, "split_by_punct": False, **BERT_SPECIAL},
        {
            **SHAPE,
            "relative_attention": True,
            "max_relative_positions": -1,
            "position_buckets": 16,
            "norm_rel_ebd": "layer_norm",
            "share_att_key": True,
            "pos_att_type": ["p2c", "c2p"],
            "position_biased_input": False,
            "type_vocab_size": 0,
            "pad_token_id": 0,
        },
        markup=False,
        pad_to=32,
    ),
    "modernbert": masked(
        "ModernBertForMaskedLM",
        lambda: tokens.byte_level(
            580, [], last=["<|endoftext|>", "[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"], frame=BERT_FRAME, nfc=True
        ),
        {"tokenizer_class": "PreTrainedTokenizerFast", **BERT_SPECIAL},
        {
            **SHAPE,
            "global_attn_every_n_layers": 2,
            "local_attention": 16,
            "pad_token_id": "[PAD]",
            "bos_token_id": "[CLS]",
            "cls_token_id": "[CLS]",
            "eos_token_id": "[SEP]",
            "sep_token_id": "[SEP]",
        },
        opset=17,
        pad_to=64,
    ),
    "t5": t5(
        "T5ForConditionalGeneration",
        lambda: tokens.t5(420),
        dict(feed_forward_proj="relu", tie_word_embeddings=True),
        pad_to=32,
        scale={"shared": 2.0, ".q.": 0.12},
        variants=("quantized",),
    ),
    "flan-t5": t5(
        "T5ForConditionalGeneration",
        lambda: tokens.t5(420),
        dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
        opset=17,
        scale={".q.": 0.12},
        variants=("fp16",),
    ),
    "mt5": t5(
        "MT5ForConditionalGeneration",
        lambda: tokens.mt5(420),
        dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
        pad_to=32,
        scale={".q.": 0.12},
        merged=False,
    ),
    "bart": Recipe(
        "bart",
        "BartForConditionalGeneration",
        lambda: tokens.roberta(580),
        {"tokenizer_class": "BartTokenizer", "add_prefix_space": False, **BART_SPECIAL},
        dict(
            d_model=32,
            encoder_layers=2,
            decoder_layers=2,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=48,
            decoder_ffn_dim=48,
            max_position_embeddings=128,
            bos_token_id=0,
            pad_token_id=1,
            eos_token_id=2,
            decoder_start_token_id=2,
            forced_eos_token_id=2,
        ),
    ),
    "gpt2": causal(
        "GPT2LMHeadModel",
        lambda: tokens.byte_level(580, [], last=["<|endoftext|>"]),
        {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": False, **END_OF_TEXT},
        dict(n_embd=32, n_layer=2, n_head=2, n_inner=48, n_positions=160, **END_IDS),
        opset=14,
        variants=("fp16", "quantized"),
    ),
    "gpt_neo": causal(
        "GPTNeoForCausalLM",
        lambda: tokens.byte_level(580, [], last=["<|endoftext|>"]),
        {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": False, **END_OF_TEXT},
        dict(
            hidden_size=32,
            num_layers=2,
            num_heads=4,
            intermediate_size=48,
            max_position_embeddings=160,
            attention_types=[[["global", "local"], 1]],
            window_size=256,
            **END_IDS,
        ),
        opset=14,
        scale={"q_proj": 0.12},
    ),
    "gpt_neox": causal(
        "GPTNeoXForCausalLM",
        lambda: tokens.byte_level(580, ["<|endoftext|>", "<|padding|>"], nfc=True),
        {"tokenizer_class": "GPTNeoXTokenizer", "add_prefix_space": False, **END_OF_TEXT},
        {**SHAPE, "max_position_embeddings": 160, "rotary_pct": 0.25, "bos_token_id": 0, "eos_token_id": 0},
        pad_to=128,
        external=True,
    ),
    "llama": causal(
        "LlamaForCausalLM",
        lambda: tokens.llama(580, legacy=True),
        {"tokenizer_class": "LlamaTokenizer", "legacy": True, "add_bos_token": True, "add_eos_token": False, **LLAMA_SPECIAL},
        {**WIDE, "num_key_value_heads": 2, "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": False},
    ),
    "mistral": causal(
        "MistralForCausalLM",
        lambda: tokens.llama(580, legacy=False),
        {"tokenizer_class": "LlamaTokenizer", "legacy": False, "add_bos_token": True, "add_eos_token": False, **LLAMA_SPECIAL},
        {
            **WIDE,
            "num_key_value_heads": 1,
            "sliding_window": None,
            "bos_token_id": 1,
            "eos_token_id": 2,
            "tie_word_embeddings": False,
        },
    ),
    "bloom": causal(
        "BloomForCausalLM",
        lambda: tokens.byte_level(580, ["<unk>", "<s>", "</s>", "<pad>"], split=BLOOM),
        {"tokenizer_class": "BloomTokenizer", "add_prefix_space": False, **LLAMA_SPECIAL, "pad_token": "<pad>"},
        dict(hidden_size=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2, pad_token_id=3),
        inputs=["input_ids", "attention_mask"],
        pad_to=64,
    ),
    "stablelm": causal(
        "StableLmForCausalLM",
        lambda: tokens.byte_level(580, ["<|endoftext|>", "<|padding|>"], nfc=True),
        {"tokenizer_class": "GPTNeoXTokenizer", "add_prefix_space": False, **END_OF_TEXT},
        {
            **WIDE,
            "num_key_value_heads": 4,
            "partial_rotary_factor": 0.25,
            "use_qkv_bias": True,
            "bos_token_id": 0,
            "eos_token_id": 0,
        },
    ),
    "opt": causal(
        "OPTForCausalLM",
        lambda: tokens.byte_level(580, ["<s>", "<pad>", "</s>", "<unk>"], frame=(["</s>"], ["</s>"], [])),
        {
            "tokenizer_class": "GPT2Tokenizer",
            "add_bos_token": True,
            "bos_token": "</s>",
            "eos_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "</s>",
        },
        dict(
            hidden_size=32,
            word_embed_proj_dim=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            ffn_dim=48,
            max_position_embeddings=160,
            bos_token_id=2,
            eos_token_id=2,
            pad_token_id=1,
        ),
        inputs=["input_ids", "attention_mask"],
        opset=14,
    ),
    "qwen2": causal(
        "Qwen2ForCausalLM",
        lambda: tokens.byte_level(580, [], last=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], split=QWEN, nfc=True),
        {
            "tokenizer_class": "Qwen2Tokenizer",
            "bos_token": None,
            "eos_token": "<|endoftext|>",
            "pad_token": "<|endoftext|>",
            "unk_token": None,
        },
        {**WIDE, "num_key_value_heads": 2, "tie_word_embeddings": True, **END_IDS},
        pad_to=64,
    ),
    "qwen3": causal(
        "Qwen3ForCausalLM",
        lambda: tokens.byte_level(580, [], last=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], split=QWEN, nfc=True),
        {
            "tokenizer_class": "Qwen2Tokenizer",
            "bos_token": None,
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "unk_token": None,
        },
        {**WIDE, "num_key_value_heads": 2, "head_dim": 12, "tie_word_embeddings": True, **END_IDS, "eos_token_id": "<|im_end|>"},
        pad_to=64,
    ),
    "glm": causal(
        "GlmForCausalLM",
        lambda: tokens.byte_level(
            580,
            [],
            last=["<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>", "<|assistant|>"],
            frame=(["[gMASK]", "<sop>"], [], []),
            split=CL100K,
        ),
        {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"},
        {
            **WIDE,
            "num_key_value_heads": 2,
            "head_dim": 8,
            "attention_bias": True,
            "eos_token_id": "<|endoftext|>",
            "pad_token_id": "<|endoftext|>",
        },
        pad_to=64,
    ),
}
