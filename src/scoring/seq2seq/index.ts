export type { Seq2SeqQuestion } from "./prepare.js";
export { type Seq2SeqOptions, seq2seqScorer } from "./scorer.js";
