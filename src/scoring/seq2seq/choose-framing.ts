import { GlmEvalError } from "../../errors.js";
import type { ExportConfig } from "../../models/export/index.js";
import type { JsonTokenizer } from "../../models/tokenizers/index.js";
import { denoisingFraming } from "./denoising.js";
import type { Framing } from "./framing.js";
import { sentinelFraming } from "./sentinel.js";

/**
 * By sentinels where the vocabulary has them (T5), else by its mask token (BART).
 * @throws GlmEvalError (model) where it has neither, or the config does not say what the decoder starts with
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
      "the model's tokenizer has no <extra_id_0> and <extra_id_1>, and no mask token: it cannot be asked to fill a blank",
      {
        hint: "Encoder-decoders that were trained to fill blanks have either: T5 and BART do, Marian and M2M-100 do not.",
      },
    );
  const start = config.decoderStartTokenId;
  if (start === undefined)
    throw new GlmEvalError(
      "model-not-supported",
      "the model's config.json has no decoder_start_token_id: its decoder cannot begin",
      {
        hint: "Fetch the config.json of the model's own repository again.",
      },
    );
  return hasSentinels
    ? sentinelFraming({ start, blank, closing })
    : denoisingFraming({ start, mask: special.mask!, ...frame });
}
