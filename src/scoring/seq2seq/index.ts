export { seq2seqEngine } from "./seq2seq-engine.js";
export { type Seq2SeqQuestion, type Seq2SeqReaderOptions, seq2seqReader } from "./seq2seq-reader.js";
