import { createHash } from "node:crypto";
import { GlmEvalError } from "../../errors.js";
import { cacheFolder } from "../../fetch/cache/index.js";
import type { Dtype } from "../config/index.js";
import {
  checkMmap,
  type Device,
  type Mmap,
  openSession,
  planMemory,
  type Session,
  type SessionOptions,
  type Tensor,
} from "../onnx/index.js";
import { checkGraph } from "./check-graph.js";
import { totalParameters } from "./count-parameters.js";
import type { EditKind } from "./edit-model.js";
import { editedGraph, openSource, remembered, type Source, type StoredGraph } from "./edited-graph-store.js";
import type { ExportConfig } from "./export-config.js";
import type { ExportFolder } from "./export-folder.js";
import { memoryNeeded } from "./export-memory.js";
import { findExportFiles } from "./find-export-files.js";
import { compareWithCpu, type LongCheck, type LongNumbers, longNumbers } from "./long-check.js";
import type { ExportFamily } from "./model-groups.js";
import { type Survey, survey } from "./survey-graph.js";

/** One ONNX graph with the head for targets, ready to run. */
export interface ExportGraph {
  readonly session: Session;
  /** the inputs of the graph by name, as the file that is run declares them: element type and dims (numbers or names) */
  readonly inputs: ReadonlyMap<
    string,
    { readonly type: Tensor["type"]; readonly dims: readonly (number | string)[] }
  >;
  readonly outputs: readonly string[];
  /** whether target rows are gathered before the vocabulary product */
  readonly gathersFirst: boolean;
}

/** A model of another family than GLM, loaded from an ONNX export. */
export interface LoadedExport extends ExportFolder {
  readonly dtype: Dtype;
  /** whether weights stay in their file */
  readonly mmap: boolean;
  /**
   * masked, causal: `model`; seq2seq: the untouched encoder and the edited decoder. A causal model without an input
   * past_rows cannot continue an earlier pass: its rows are whole texts.
   */
  readonly graphs:
    | { readonly model: ExportGraph }
    | { readonly encoder: ExportGraph; readonly decoder: ExportGraph };
  /**
   * Whether rows of different lengths may share a batch, padded on the right: masked models' rows, seq2seq models'
   * texts, and causal models' contexts, whose padding then stands between the past and what continues it (whole texts,
   * where nothing can be continued).
   */
  readonly padsContexts: boolean;
  /** sha256 of the graphs with their weights and of what determines the token ids */
  readonly hashes: { readonly weights: string; readonly tokenizer: string };
  /** undefined where the weights are packed in a way that does not tell */
  readonly parameters: number | undefined;
  /** things that the user should know, in sentences */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

export interface LoadExportOptions {
  /** float32 or what is nearest to it, unless given */
  readonly dtype?: Dtype | undefined;
  readonly threads?: number | undefined;
  /** the CPU unless given */
  readonly device?: Device | undefined;
  /** whether weights in external data stay in their file; auto unless given */
  readonly mmap?: Mmap | undefined;
  /** most tokens of one batch, for the estimate of what memory the model needs */
  readonly maxBatchTokens?: number | undefined;
  /** told before a model of a GB or more is loaded: what memory it needs, and whether it fits */
  readonly onNote?: ((note: string) => void) | undefined;
  /** the cache of edited graphs; the user's own unless given */
  readonly cacheFolder?: string | undefined;
  readonly onProgress?: ((stage: "hash" | "convert" | "check" | "load") => void) | undefined;
}

/**
 * Loads the graphs of an ONNX export from a folder in the hub's layout. At first use its graph is given a head for targets
 * and checked against the file as it is; both are kept in the cache.
 * @throws GlmEvalError with kind "usage", "model" or "data", saying which file is wrong and how
 */
export async function loadExport(
  exported: ExportFolder,
  options: LoadExportOptions = {},
): Promise<LoadedExport> {
  const { folder, config, tokenizer } = exported;
  const { family, vocabSize } = config;
  const { dtype, parts } = await findExportFiles(folder, family, options.dtype);
  const { device = "cpu" } = options;
  checkMmap(options.mmap, device);
  const need = await memoryNeeded(Object.values(parts), config, {
    dtype,
    maxBatchTokens: options.maxBatchTokens ?? 512,
  });
  const { mmap, note } =
    device === "cpu" ? planMemory(need, process.availableMemory(), options.mmap) : { mmap: false };
  if (note !== undefined) options.onNote?.(note);
  const loading = new Loading(config, options, mmap);
  try {
    const loaded = "model" in parts ? await loading.single(parts.model) : await loading.pair(parts);
    const notes = [...loaded.notes];
    if (options.dtype === undefined && dtype !== "fp32")
      notes.unshift(`There is no float32 export: ${dtype} is used.`);
    const counts = loaded.stored.map(({ facts }) => facts.parameters);
    return {
      ...exported,
      dtype,
      mmap,
      graphs: loaded.graphs,
      padsContexts: loaded.padsContexts,
      hashes: { weights: loaded.hash, tokenizer: tokenizer.hash },
      parameters: totalParameters(counts, vocabSize, config.tied),
      notes,
      close: () => loading.close(),
    };
  } catch (error) {
    await loading.close();
    throw error;
  }
}

/** The graphs of one model on their way from files to sessions. */
class Loading {
  readonly #cache: string;
  readonly #onCpu: SessionOptions;
  readonly #sessions: Session[] = [];

  constructor(
    private readonly config: ExportConfig,
    private readonly options: LoadExportOptions,
    mmap: boolean,
  ) {
    this.#cache = options.cacheFolder ?? cacheFolder();
    this.#onCpu = { threads: options.threads, mmap };
  }

  async single(file: string) {
    const family = this.config.family === "masked" ? "masked" : "causal";
    const { source, plain } = await this.#source(file, family);
    const { survey, ...model } = await this.#edited(source, plain, family);
    return {
      graphs: { model: model.graph },
      stored: [model.stored],
      padsContexts: survey.padsContexts,
      notes: notesOf(survey, family),
      hash: source.hash,
    };
  }

  async pair(parts: { readonly encoder: string; readonly decoder: string }) {
    const encoder = await this.#source(parts.encoder, "encoder");
    const { source, plain } = await this.#source(parts.decoder, "decoder");
    const encoderGraph = await this.#open(encoder.plain);
    const of = { graph: encoder.plain, session: encoderGraph.session };
    const { survey, ...decoder } = await this.#edited(source, plain, "decoder", of);
    const hash = createHash("sha256").update(encoder.source.hash).update(source.hash).digest("hex");
    return {
      graphs: { encoder: encoderGraph, decoder: decoder.graph },
      stored: [encoder.plain, decoder.stored],
      padsContexts: survey.padsContexts,
      notes: notesOf(survey, "seq2seq"),
      hash,
    };
  }

  /** Edits, checks and opens a graph; what is known from an earlier time is not found out again. */
  async #edited(
    source: Source,
    plain: StoredGraph,
    family: "masked" | "causal" | "decoder",
    encoder?: { readonly graph: StoredGraph; readonly session: Session },
  ) {
    const { config, options } = this;
    const found = await remembered(plain, "survey", () => this.#survey(plain, encoder));
    const kind = family === "causal" && !found.continues ? "causal-without-past" : family;
    const stored = await editedGraph(source, kind, config, this.#cache, plain, () =>
      options.onProgress?.("convert"),
    );
    const graph = await this.#open(stored);
    const { device = "cpu" } = options;
    const check = (session: Session) => {
      options.onProgress?.("check");
      return checkGraph({
        config,
        edited: stored,
        session,
        survey: found,
        file: source.file,
        encoder,
      });
    };
    if (device === "cpu") await remembered(stored, "check", () => check(graph.session));
    else {
      // Not remembered: another driver is another device.
      await check(graph.session).catch((error: unknown) => {
        throw error instanceof GlmEvalError ? onDevice(error, device) : error;
      });
      const long = { config, edited: stored, encoder: encoder?.graph };
      const expected = await remembered(stored, "long", () => this.#longOnCpu(long));
      const running = { session: graph.session, encoder: encoder?.session };
      const file = source.file;
      compareWithCpu(expected, await longNumbers(long, running), { device, edited: stored, file });
    }
    return { graph, stored, survey: found };
  }

  /** On the CPU whatever the device: the numbers are those that every edit and device must give. */
  async #survey(
    plain: StoredGraph,
    encoder?: { readonly graph: StoredGraph; readonly session: Session },
  ): Promise<Survey> {
    const { config, options } = this;
    options.onProgress?.("check");
    const given = { config, plain, session: this.#onCpu };
    if (encoder === undefined) return await survey(given);
    const { device = "cpu" } = options;
    const session = device === "cpu" ? encoder.session : await openSession(encoder.graph.model, this.#onCpu);
    try {
      return await survey({ ...given, encoder: { graph: encoder.graph, session } });
    } finally {
      if (session !== encoder.session) await session.close();
    }
  }

  async #longOnCpu(check: LongCheck): Promise<LongNumbers> {
    const opened: Session[] = [];
    try {
      for (const graph of [check.edited, ...(check.encoder ? [check.encoder] : [])])
        opened.push(await openSession(graph.model, this.#onCpu));
      const [session, encoder] = opened;
      return await longNumbers(check, { session: session!, encoder });
    } finally {
      await Promise.all(opened.map((session) => session.close()));
    }
  }

  #source(file: string, kind: EditKind) {
    return openSource(file, kind, this.config, this.#cache, () => this.options.onProgress?.("hash"));
  }

  async #open({ model, facts }: StoredGraph): Promise<ExportGraph> {
    this.options.onProgress?.("load");
    const { device } = this.options;
    const session = await openSession(model, { ...this.#onCpu, device });
    this.#sessions.push(session);
    const { inputs, outputs, gathersFirst } = facts;
    return { session, inputs: new Map(Object.entries(inputs)), outputs, gathersFirst };
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
  }
}

/** What went wrong on a device, with what to do about it. */
function onDevice({ code, message }: GlmEvalError, device: Device): GlmEvalError {
  return new GlmEvalError(code, `${message} (on ${device})`, {
    hint: "--device cpu may be right; another export of the model may be right on the GPU too.",
  });
}

function notesOf({ padsContexts, continues }: Survey, family: ExportFamily): string[] {
  const notes: string[] = [];
  if (!padsContexts)
    notes.push("Padding changes this model's scores: texts of different lengths are not put into one batch.");
  if (family === "causal" && !continues)
    notes.push(
      "This export cannot continue earlier passes: a text is computed again for each of its answers.",
    );
  return notes;
}
