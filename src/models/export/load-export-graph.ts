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
import { sumParameters } from "./count-parameters.js";
import type { EditKind } from "./edit-model.js";
import { getEditedGraph, openSource, type Source, type StoredGraph } from "./edited-graph-store.js";
import type { ExportConfig } from "./export-config.js";
import type { ExportFolder } from "./export-folder.js";
import { estimateExportMemory } from "./export-memory.js";
import { findExportFiles } from "./find-export-files.js";
import { compareWithCpu, type LongCheck, type LongNumbers, observeLongTexts } from "./long-check.js";
import type { ExportFamily } from "./model-groups.js";
import { getOrCompute } from "./stored-results.js";
import { type Survey, surveyGraph } from "./survey-graph.js";

/** One ONNX graph with the target head, ready to run. */
export interface ExportGraph {
  readonly session: Session;
  /** the inputs by name, as declared in the file that is run: element type and dims (numbers or names) */
  readonly inputs: ReadonlyMap<
    string,
    { readonly type: Tensor["type"]; readonly dims: readonly (number | string)[] }
  >;
  readonly outputs: readonly string[];
  /** whether target rows are gathered before the vocabulary product */
  readonly gathersFirst: boolean;
}

/** A model of a family other than GLM, loaded from an ONNX export. */
export interface LoadedExport extends ExportFolder {
  readonly dtype: Dtype;
  /** whether the weights are memory-mapped */
  readonly mmap: boolean;
  /**
   * masked, causal: `model`; seq2seq: the unedited encoder and the edited decoder. A causal model without an input
   * past_rows cannot continue an earlier pass: its rows are complete texts.
   */
  readonly graphs:
    | { readonly model: ExportGraph }
    | { readonly encoder: ExportGraph; readonly decoder: ExportGraph };
  /**
   * Whether rows of different lengths may share a batch, padded on the right: rows of masked models, texts of seq2seq
   * models, and contexts of causal models, whose padding then is between the past and its continuation (complete texts,
   * if nothing can be continued).
   */
  readonly padsContexts: boolean;
  /** sha256 of the graphs with their weights, and of everything that determines the token ids */
  readonly hashes: { readonly weights: string; readonly tokenizer: string };
  /** undefined if the weights are packed in a format that does not show their number */
  readonly parameters: number | undefined;
  /** notes for the user, as sentences */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

export interface LoadExportOptions {
  /** default: float32, or the available dtype closest to it */
  readonly dtype?: Dtype | undefined;
  readonly threads?: number | undefined;
  /** default: the CPU */
  readonly device?: Device | undefined;
  /** whether to memory-map weights in external data; default: auto */
  readonly mmap?: Mmap | undefined;
  /** maximum number of tokens in a batch, for the memory estimate */
  readonly maxBatchTokens?: number | undefined;
  /** called before a model of at least 1 GB is loaded, with the memory it needs and whether it fits */
  readonly onNote?: ((note: string) => void) | undefined;
  /** the cache of edited graphs; default: the user's */
  readonly cacheFolder?: string | undefined;
  readonly onProgress?: ((stage: "hash" | "convert" | "check" | "load") => void) | undefined;
}

/**
 * Loads the graphs of an ONNX export from a folder in the hub's layout. On first use, its graph gets a target head and
 * is checked against the original file; the graph and the result are cached.
 * @throws GlmEvalError of kind "usage", "model" or "data", naming the file and what is wrong with it
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
  const need = await estimateExportMemory(Object.values(parts), config, {
    dtype,
    maxBatchTokens: options.maxBatchTokens ?? 512,
  });
  const { mmap, note } =
    device === "cpu" ? planMemory(need, process.availableMemory(), options.mmap) : { mmap: false };
  if (note !== undefined) options.onNote?.(note);
  const loader = new GraphLoader(config, options, mmap);
  try {
    const loaded = "model" in parts ? await loader.loadSingle(parts.model) : await loader.loadPair(parts);
    const notes = [...loaded.notes];
    if (options.dtype === undefined && dtype !== "fp32")
      notes.unshift(`The folder has no float32 export; using ${dtype}.`);
    const counts = loaded.stored.map(({ facts }) => facts.parameters);
    return {
      ...exported,
      dtype,
      mmap,
      graphs: loaded.graphs,
      padsContexts: loaded.padsContexts,
      hashes: { weights: loaded.hash, tokenizer: tokenizer.hash },
      parameters: sumParameters(counts, vocabSize, config.tied),
      notes,
      close: () => loader.close(),
    };
  } catch (error) {
    await loader.close();
    throw error;
  }
}

/** Turns the files of one model into sessions. */
class GraphLoader {
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

  async loadSingle(file: string) {
    const family = this.config.family === "masked" ? "masked" : "causal";
    const { source, plain } = await this.#openSource(file, family);
    const { survey, ...model } = await this.#openEdited(source, plain, family);
    return {
      graphs: { model: model.graph },
      stored: [model.stored],
      padsContexts: survey.padsContexts,
      notes: makeNotes(survey, family),
      hash: source.hash,
    };
  }

  async loadPair(parts: { readonly encoder: string; readonly decoder: string }) {
    const encoder = await this.#openSource(parts.encoder, "encoder");
    const { source, plain } = await this.#openSource(parts.decoder, "decoder");
    const encoderGraph = await this.#open(encoder.plain);
    const encoding = { graph: encoder.plain, session: encoderGraph.session };
    const { survey, ...decoder } = await this.#openEdited(source, plain, "decoder", encoding);
    const hash = createHash("sha256").update(encoder.source.hash).update(source.hash).digest("hex");
    return {
      graphs: { encoder: encoderGraph, decoder: decoder.graph },
      stored: [encoder.plain, decoder.stored],
      padsContexts: survey.padsContexts,
      notes: makeNotes(survey, "seq2seq"),
      hash,
    };
  }

  /** Edits, checks and opens a graph; cached results are not computed again. */
  async #openEdited(
    source: Source,
    plain: StoredGraph,
    family: "masked" | "causal" | "decoder",
    encoder?: { readonly graph: StoredGraph; readonly session: Session },
  ) {
    const { config, options } = this;
    const found = await getOrCompute(plain, "survey", () => this.#survey(plain, encoder));
    const kind = family === "causal" && !found.continues ? "causal-without-past" : family;
    const stored = await getEditedGraph(source, kind, config, this.#cache, plain, () =>
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
    if (device === "cpu") await getOrCompute(stored, "check", () => check(graph.session));
    else {
      // Not cached, because a different driver is a different device.
      await check(graph.session).catch((error: unknown) => {
        throw error instanceof GlmEvalError ? onDevice(error, device) : error;
      });
      const long = { config, edited: stored, encoder: encoder?.graph };
      const expected = await getOrCompute(stored, "long", () => this.#longOnCpu(long));
      const running = { session: graph.session, encoder: encoder?.session };
      const file = source.file;
      compareWithCpu(expected, await observeLongTexts(long, running), { device, edited: stored, file });
    }
    return { graph, stored, survey: found };
  }

  /** Surveys a graph, always on the CPU: these are the numbers that every edit and device must reproduce. */
  async #survey(
    plain: StoredGraph,
    encoder?: { readonly graph: StoredGraph; readonly session: Session },
  ): Promise<Survey> {
    const { config, options } = this;
    options.onProgress?.("check");
    const given = { config, plain, session: this.#onCpu };
    if (encoder === undefined) return await surveyGraph(given);
    const { device = "cpu" } = options;
    const session = device === "cpu" ? encoder.session : await openSession(encoder.graph.model, this.#onCpu);
    try {
      return await surveyGraph({ ...given, encoder: { graph: encoder.graph, session } });
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
      return await observeLongTexts(check, { session: session!, encoder });
    } finally {
      await Promise.all(opened.map((session) => session.close()));
    }
  }

  #openSource(file: string, kind: EditKind) {
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

/** Adds the device, and what to do about it, to an error. */
function onDevice({ code, message }: GlmEvalError, device: Device): GlmEvalError {
  return new GlmEvalError(code, `${message} (on ${device})`, {
    hint: "Try --device cpu, or another export of the model, which may also work on the GPU.",
  });
}

function makeNotes({ padsContexts, continues }: Survey, family: ExportFamily): string[] {
  const notes: string[] = [];
  if (!padsContexts)
    notes.push("Padding changes this model's scores, so texts of different lengths do not share a batch.");
  if (family === "causal" && !continues)
    notes.push(
      "This export cannot continue earlier passes, so a text is recomputed for each of its answers.",
    );
  return notes;
}
