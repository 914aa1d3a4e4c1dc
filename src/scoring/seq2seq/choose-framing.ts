import { GlmEvalError } from "../../errors.js";
import type { ExportConfig } from "../../models/export/index.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import { denoisingFraming } from "./denoising.js";
import type { Framing } from "./framing.js";
import { sentinelFraming } from "./sentinel.js";

/**
 * Chooses sentinels if the vocabulary has them (T5), otherwise its mask token (BART).
 * @throws GlmEvalError (model) if it has neither, or the config does not state the decoder's start token
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
      "the model's tokenizer has neither <extra_id_0> and <extra_id_1> nor a mask token, so the model cannot fill a blank",
      {
        hint: "Encoder-decoders trained to fill blanks have one of these: T5 and BART do, Marian and M2M-100 do not.",
      },
    );
  const start = config.decoderStartTokenId;
  if (start === undefined)
    throw new GlmEvalError(
      "model-not-supported",
      "the model's config.json has no decoder_start_token_id, which its decoder needs to start",
      {
        hint: "Download config.json again from the model's own repository.",
      },
    );
  return hasSentinels
    ? sentinelFraming({ start, blank, closing })
    : denoisingFraming({ start, mask: special.mask!, ...frame });
}
