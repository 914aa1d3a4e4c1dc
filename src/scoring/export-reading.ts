import type { ExportConfig } from "../models/export/index.js";
import type { JsonTokenizer } from "../models/tokenizers/index.js";
import type { ClozeQuestion } from "../patterns/index.js";
import { prepare as prepareCausal, startToken } from "./causal/prepare.js";
import { prepare as prepareMasked } from "./masked/prepare.js";
import { readOptionsOf } from "./read-options.js";
import type { PreparedQuestion, ReadOptions } from "./scorer.js";
import { chooseFraming } from "./seq2seq/choose-framing.js";
import { prepare as prepareSeq2Seq } from "./seq2seq/prepare.js";

/**
 * How an export's scorer tokenises and cuts questions, without its weights: for looking at what a model would be asked.
 * @throws GlmEvalError("model") where the tokenizer has nothing that stands for a blank
 */
export function exportReader(
  config: ExportConfig,
  tokenizer: JsonTokenizer,
  options: Partial<ReadOptions>,
): ReadOptions & { prepare(question: ClozeQuestion): PreparedQuestion[] } {
  const reading = { ...readOptionsOf(config, options), closing: true };
  const prepare = (): ((question: ClozeQuestion) => PreparedQuestion[]) => {
    switch (config.family) {
      case "masked":
        // What its rows cost does not matter to whoever looks.
        return (question) => prepareMasked(question, tokenizer, reading, () => 0);
      case "seq2seq": {
        const framing = chooseFraming({ config, tokenizer });
        return (question) => prepareSeq2Seq(question, tokenizer, { ...reading, framing });
      }
      case "causal": {
        const start = startToken(config, tokenizer);
        return (question) => prepareCausal(question, tokenizer, { ...reading, start, shares: true });
      }
    }
  };
  return { ...reading, prepare: prepare() };
}
