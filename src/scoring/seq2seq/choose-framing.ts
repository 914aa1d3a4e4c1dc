import { GlmEvalError } from "../../errors.js";
import type { ExportConfig } from "../../models/export/index.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import { denoisingFraming } from "./denoising.js";
import type { Framing } from "./framing.js";
import { sentinelFraming } from "./sentinel.js";

/**
 * Chooses sentinels if the vocabulary has them (T5), else its mask token (BART).
 * @throws GlmEvalError (model) if it has neither, or the config has no start token for the decoder
 */
export function chooseFraming({
  config,
  tokenizer,
}: {
  readonly config: Pick<ExportConfig, "decoderStartTokenId">;
  readonly tokenizer: JsonTokenizer;
}): Framing {
  const { special, frame } = tokenizer;
  const [blank, closing] = special.sentinels;
  const hasSentinels = blank !== undefined && closing !== undefined;
  if (!hasSentinels && special.mask === undefined)
    throw new GlmEvalError(
      "model-not-supported",
      "the model's tokenizer has no <extra_id_0> and <extra_id_1>, and no mask token, so it cannot fill a blank",
      {
        hint: "Choose an encoder-decoder that was trained to fill blanks: T5 and BART were, Marian and M2M-100 were not.",
      },
    );
  const start = config.decoderStartTokenId;
  if (start === undefined)
    throw new GlmEvalError(
      "model-not-supported",
      "the model's config.json has no decoder_start_token_id, so its decoder has no start token",
      {
        hint: "Download config.json from the model's repository again.",
      },
    );
  return hasSentinels
    ? sentinelFraming({ start, blank, closing })
    : denoisingFraming({ start, mask: special.mask!, ...frame });
}
