import { GlmEvalError } from "../../errors.js";
import type { Session, Tensor } from "../onnx/index.js";
import type { GraphFacts } from "./edit-model.js";
import type { ExportConfig } from "./export-config.js";
import { isPast } from "./past-inputs.js";
import { wrongLogits } from "./replace-logits.js";

/** A pass with a few short rows through a graph, to observe what it computes. */
export interface Probe {
  /** token ids of each row; shorter rows are padded on the right */
  readonly rows: readonly (readonly number[])[];
  /** for a merged decoder: take the branch for a past even though there is none */
  readonly branch?: "past";
  readonly past?: {
    /** for each row, the index of the row of the earlier pass that it continues */
    readonly rows: readonly number[];
    readonly of: Probe;
    /** the earlier pass's outputs present.* */
    readonly presents: Readonly<Record<string, Tensor>>;
  };
  readonly encoder?: {
    /** for each row, the index of the encoder row that it reads */
    readonly rows: readonly number[];
    readonly of: Probe;
    readonly hidden: Tensor;
  };
}

/** Log-probabilities of a few ids after a token of a pass. */
export interface TokenReading {
  readonly row: number;
  readonly token: number;
  readonly ids: readonly number[];
  readonly logProbs: readonly number[];
  /** distance of each id's logit below the highest; 0 for the argmax */
  readonly below: readonly number[];
  /** distance of the second-highest logit below the highest */
  readonly margin: number;
}

export interface Observed {
  /** the readings; existing caches use this name too */
  readonly places: readonly TokenReading[];
  /** the largest absolute logit, which determines the rounding of float16 */
  readonly scale: number;
}

/**
 * Runs the exporter's own graph and reads a few log-probabilities from its full logits. Rows of the past and of the
 * encoder are selected here, in JavaScript: the edited graph is checked against this.
 */
export async function observePlain(
  session: Session,
  facts: GraphFacts,
  config: ExportConfig,
  pass: Probe,
): Promise<{ readonly observed: Observed; readonly outputs: Readonly<Record<string, Tensor>> }> {
  const feeds = makeCommonFeeds(facts, config, pass);
  const { past, encoder } = pass;
  for (const name of Object.keys(facts.inputs)) {
    if (isPast(name))
      feeds[name] = past
        ? chooseRows(getPresent(past.presents, name), past.of, past.rows)
        : makeEmptyPast(facts, config, name, pass.rows.length);
    if (name === "use_cache_branch")
      feeds[name] = { type: "bool", data: Uint8Array.of(past || pass.branch ? 1 : 0), dims: [1] };
    if (name.endsWith("logits_to_keep"))
      feeds[name] = integers(facts, name, [0], facts.inputs[name]!.dims.length === 0 ? [] : [1]);
  }
  if (encoder) {
    feeds.encoder_hidden_states = chooseRows(encoder.hidden, encoder.of, encoder.rows);
    const mask = encoder.rows.map((row) => makePaddingMask(encoder.of)[row]!);
    feeds.encoder_attention_mask = matrix(facts, "encoder_attention_mask", mask);
  }
  const outputs = await session.run(pick(feeds, facts));
  const logits = outputs.logits!;
  if (logits.dims.at(-1) !== config.vocabSize) throw wrongLogits(logits.dims, config, "The graph");
  const observed = readLogits(logits, config, pass);
  if (observed.places.some(({ ids }) => ids.length === 0))
    throw new GlmEvalError("not-finite", "The graph gives NaN for ordinary tokens", {
      hint: "The model's values exceed the range of its number format: use an export in another dtype.",
    });
  return { observed, outputs };
}

/** Computes the same log-probabilities with the edited graph. */
export async function observeEdited(
  session: Session,
  facts: GraphFacts,
  config: ExportConfig,
  pass: Probe,
  readings: readonly TokenReading[],
): Promise<{
  readonly logProbs: readonly number[][];
  readonly isGreedy: readonly boolean[][];
  readonly outputs: Readonly<Record<string, Tensor>>;
}> {
  const feeds = makeCommonFeeds(facts, config, pass);
  const { past, encoder } = pass;
  const width = getWidth(pass);
  const rows = readings.map(({ row, token }) => row * width + token);
  feeds.target_rows = int32(rows);
  feeds.pick_rows = int32(readings.flatMap(({ ids }, p) => ids.map(() => p)));
  feeds.pick_ids = int32(readings.flatMap(({ ids }) => ids));
  feeds.past_rows = int32(past?.rows ?? pass.rows.map(() => 0));
  for (const name of Object.keys(facts.inputs))
    if (isPast(name))
      feeds[name] = past ? copy(getPresent(past.presents, name)) : makeEmptyPast(facts, config, name, 1);
  if (encoder) {
    feeds.encoder_rows = int32(encoder.rows);
    feeds.encoder_hidden_states = copy(encoder.hidden);
    feeds.encoder_attention_mask = matrix(facts, "encoder_attention_mask", makePaddingMask(encoder.of));
  }
  const outputs = await session.run(pick(feeds, facts));
  const logProbs = outputs.log_probs!.data as Float32Array;
  const greedy = outputs.is_greedy!.data as Uint8Array;
  let k = 0;
  const values = readings.map(({ ids }) => ids.map(() => k++));
  return {
    logProbs: values.map((list) => list.map((at) => logProbs[at]!)),
    isGreedy: values.map((list) => list.map((at) => greedy[at] === 1)),
    outputs,
  };
}

/** Runs the encoder on the rows of a pass and returns its hidden states. */
export async function runEncoder(
  session: Session,
  facts: GraphFacts,
  config: ExportConfig,
  pass: Probe,
): Promise<Tensor> {
  const outputs = await session.run(pick(makeCommonFeeds(facts, config, pass), facts));
  return outputs.last_hidden_state!;
}

/** Makes the inputs that describe the rows themselves. */
function makeCommonFeeds(facts: GraphFacts, config: ExportConfig, pass: Probe): Record<string, Tensor> {
  const width = getWidth(pass);
  const fill = (list: readonly number[], value: number) => [
    ...list,
    ...new Array<number>(width - list.length).fill(value),
  ];
  const { past } = pass;
  const before = past ? past.rows.map((row) => makePaddingMask(past.of)[row]!) : pass.rows.map(() => []);
  const own = makePaddingMask(pass);
  const pasts = past?.rows.map((row) => past.of.rows[row]!.length);
  const tables: Record<string, number[][]> = {
    input_ids: pass.rows.map((row) => fill(row, config.padTokenId ?? 0)),
    attention_mask: own.map((mask, b) => [...before[b]!, ...mask]),
    decoder_attention_mask: own,
    token_type_ids: own.map((mask) => mask.map(() => 0)),
    position_ids: own.map((mask, b) => mask.map((_, j) => (pasts?.[b] ?? 0) + j)),
  };
  const feeds: Record<string, Tensor> = {};
  for (const [name, table] of Object.entries(tables))
    if (name in facts.inputs) feeds[name] = matrix(facts, name, table);
  return feeds;
}

/** Returns the number of tokens in a row, including padding. */
function getWidth({ rows }: Probe): number {
  return Math.max(...rows.map((row) => row.length));
}

/** Makes a mask: 1 for a row's tokens, 0 for its padding. */
function makePaddingMask(pass: Probe): number[][] {
  const width = getWidth(pass);
  return pass.rows.map((row) => Array.from({ length: width }, (_, j) => (j < row.length ? 1 : 0)));
}

function readLogits(logits: Tensor, { vocabSize }: ExportConfig, pass: Probe): Observed {
  const width = getWidth(pass);
  const data =
    logits.type === "float16"
      ? Float32Array.from(logits.data as Uint16Array, fromHalf)
      : (logits.data as Float32Array);
  let scale = 0;
  const readings = pass.rows.flatMap((ids, row) =>
    ids.map((id, token): TokenReading => {
      const at = (row * width + token) * vocabSize;
      const line = data.subarray(at, at + vocabSize);
      let [highest, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const x of line) {
        if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x));
        second = Math.max(second, Math.min(x, highest));
        highest = Math.max(highest, x);
      }
      let sum = 0;
      for (const x of line) sum += Math.exp(x - highest);
      // A vocabulary's padding may have logits of minus infinity, which cannot be compared.
      const comparable = [line.indexOf(highest), id, 0, vocabSize - 1].filter((k) =>
        Number.isFinite(line[k]),
      );
      return {
        row,
        token,
        ids: comparable,
        logProbs: comparable.map((k) => line[k]! - highest - Math.log(sum)),
        below: comparable.map((k) => highest - line[k]!),
        margin: highest - second,
      };
    }),
  );
  return { places: readings, scale };
}

/** Returns the keys and values of the earlier pass for a past input. */
function getPresent(presents: Readonly<Record<string, Tensor>>, input: string): Tensor {
  return presents[input.replace(/^[^.]*/, "present")]!;
}

/** Selects rows of a tensor whose first axis is the rows of a pass, or rows times heads. */
function chooseRows(tensor: Tensor, pass: Probe, rows: readonly number[]): Tensor {
  const size = tensor.data.length / pass.rows.length;
  const data = new (tensor.data.constructor as Uint16ArrayConstructor)(size * rows.length);
  rows.forEach((row, b) => {
    data.set(tensor.data.subarray(row * size, (row + 1) * size) as Uint16Array, b * size);
  });
  const [first, ...others] = tensor.dims;
  return { type: tensor.type, data, dims: [(first! / pass.rows.length) * rows.length, ...others] };
}

/** Makes a past of length 0. */
function makeEmptyPast(facts: GraphFacts, config: ExportConfig, name: string, rows: number): Tensor {
  const { type, dims } = facts.inputs[name]!;
  const first = dims.length === 3 ? rows * (config.heads ?? 1) : rows;
  const sizes = dims.map((size, axis) => (axis === 0 ? first : typeof size === "number" ? size : 0));
  return { type, data: type === "float16" ? new Uint16Array(0) : new Float32Array(0), dims: sizes };
}

function matrix(facts: GraphFacts, name: string, table: readonly (readonly number[])[]): Tensor {
  return integers(facts, name, table.flat(), [table.length, table[0]!.length]);
}

/** Makes a tensor of integers in the type that the graph requires. */
function integers(
  facts: GraphFacts,
  name: string,
  values: readonly number[],
  dims: readonly number[],
): Tensor {
  const type = facts.inputs[name]?.type ?? "int64";
  if (type === "int32") return { type, data: Int32Array.from(values), dims };
  if (type === "float32") return { type, data: Float32Array.from(values), dims };
  if (type === "bool") return { type, data: Uint8Array.from(values), dims };
  if (type === "float16")
    return { type, data: Uint16Array.from(values, (x) => (x === 0 ? 0 : 0x3c00)), dims };
  return { type, data: BigInt64Array.from(values, BigInt), dims };
}

const int32 = (values: readonly number[]): Tensor => ({
  type: "int32",
  data: Int32Array.from(values),
  dims: [values.length],
});

/** Copies a tensor, because a run detaches its feeds' buffers. */
const copy = (tensor: Tensor): Tensor => ({ ...tensor, data: tensor.data.slice() });

function pick(feeds: Readonly<Record<string, Tensor>>, facts: GraphFacts): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => name in facts.inputs));
}

/** Converts IEEE 754 binary16 bits to a number. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
