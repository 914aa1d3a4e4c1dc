import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { GlmEvalError } from "../../src/errors.js";
import {
  type Conventions,
  checkOptions,
  conventionsSchema,
  judgeOptions,
  listFlags,
  modelOptions,
  PROTOCOLS,
  type RunOptions,
  readerOptions,
  resolveConventions,
  runOptions,
  scoreTextOptions,
} from "../../src/options/index.js";
import { option, wholeNumber } from "../../src/options/option.js";

const rejection = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(GlmEvalError);
    expect((error as GlmEvalError).kind).toBe("usage");
    return `${(error as GlmEvalError).message} (${(error as GlmEvalError).hint})`;
  }
  throw new Error("nothing was rejected");
};

describe("the options of a run", () => {
  it("have defaults", () => {
    expect(checkOptions(runOptions, {})).toEqual({
      tasks: [],
      protocol: "glm",
      offline: false,
      allowExtraTensors: false,
      cache: true,
      split: "validation",
      limitBy: "first",
      limitSeed: 0,
      numFewshot: 0,
      fewshotSeed: 0,
      fewshotBalanced: false,
      onError: "stop",
      resume: false,
      published: ["bert-large", "t5-large"],
      format: "text",
      json: false,
      logSamples: false,
    });
  });

  it("take their types from their schemas", () => {
    expectTypeOf<RunOptions["limit"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<RunOptions["batchSize"]>().toEqualTypeOf<number | "auto" | undefined>();
    expectTypeOf<RunOptions["published"]>().toEqualTypeOf<string[]>();
    expectTypeOf<RunOptions["patterns"]>().toEqualTypeOf<"all" | string[] | undefined>();
    expectTypeOf<Conventions["normalization"]>().toEqualTypeOf<
      "auto" | "sum" | "mean" | "tokens" | "chars" | "bytes"
    >();
  });

  it("include the model's options, which include the reader's", () => {
    for (const key of Object.keys(readerOptions.shape)) expect(modelOptions.shape).toHaveProperty(key);
    for (const key of Object.keys(modelOptions.shape)) {
      expect(runOptions.shape).toHaveProperty(key);
      expect(scoreTextOptions.shape).toHaveProperty(key);
    }
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["text for a number", { limit: "many" }, "limit: found many; expected a whole number above 0"],
    ["a fraction", { limit: 2.5 }, "limit: found 2.5; expected a whole number above 0"],
    [
      "a negative number",
      { fewshotSeed: -1 },
      "fewshotSeed: found -1; expected a whole number of at least 0",
    ],
    ["an unknown choice", { gelu: "relu" }, 'gelu: found "relu"; expected one of "erf", "tanh"'],
    ["a mistyped choice", { calibration: "contextal" }, "Did you mean contextual?"],
    [
      "a value that is neither a number nor a keyword",
      { batchSize: "some" },
      "expected auto or a whole number above 0",
    ],
    ["an empty text", { model: "" }, 'model: found ""; expected text'],
    [
      "a floor without a value",
      { failUnder: ["boolq=70", "cb"] },
      'failUnder: found "cb"; expected TASK=VALUE',
    ],
    ["an unknown option", { maxLenght: 4 }, 'unknown option maxLenght (Did you mean "maxLength"?'],
  ])("reject %s", (_, given, message) => {
    expect(rejection(() => checkOptions(runOptions, given))).toContain(message);
  });

  it("report a missing option by the caller's name for it", () => {
    const messages = { formatName: (key: string) => `--${key}`, hint: "look it up" };
    expect(rejection(() => checkOptions(judgeOptions, {}, messages))).toBe("--run is missing (look it up)");
  });

  it("drop duplicate names, and read none as no published row", () => {
    const { tasks, published, patterns } = checkOptions(runOptions, {
      tasks: ["copa", " rte", "copa", ""],
      published: "none",
      patterns: "all",
    });
    expect({ tasks, published, patterns }).toEqual({
      tasks: ["copa", "rte"],
      published: [],
      patterns: "all",
    });
  });
});

describe("conventions", () => {
  it("are the protocol's unless they are set", () => {
    for (const protocol of ["glm", "glm-hf"] as const)
      expect(resolveConventions(checkOptions(runOptions, { protocol }))).toEqual(PROTOCOLS[protocol]);
    const asked = { protocol: "glm-hf", endOfPiece: "yes", calibration: "pmi", normalization: "bytes" };
    expect(resolveConventions(checkOptions(runOptions, asked))).toEqual({ ...PROTOCOLS["glm-hf"], ...asked });
  });

  it("are all recorded", () => {
    expect(conventionsSchema.parse(PROTOCOLS.glm)).toEqual(PROTOCOLS.glm);
    const { calibration: _, ...others } = PROTOCOLS.glm;
    expect(conventionsSchema.safeParse(others).success).toBe(false);
  });

  it("accept none as another name for sum", () => {
    expect(checkOptions(judgeOptions, { run: "r", normalization: "none" }).normalization).toBe("sum");
  });

  it("default to the run's own when a run is judged again", () => {
    const { run, format, json, ...conventions } = checkOptions(judgeOptions, { run: "results/mine" });
    expect({ run, format, json }).toEqual({ run: "results/mine", format: "text", json: false });
    expect(conventions).toEqual({});
  });
});

describe("flags", () => {
  it("are derived from the schemas", () => {
    const flags = new Map(listFlags(runOptions).map((flag) => [flag.key, flag]));
    expect(flags.get("maxLength")).toMatchObject({ name: "max-length", isNumber: true, isRequired: false });
    expect(flags.get("maskToken")).toMatchObject({ isNumber: true, isText: true });
    expect(flags.get("patterns")).toMatchObject({ isList: true, choices: ["all"], alias: ["p", "pattern"] });
    expect(flags.get("failUnder")).toMatchObject({ isList: true, repeated: true });
    expect(flags.get("cache")).toMatchObject({ isSwitch: true, default: true });
    expect(flags.get("normalization")!.choices).toContain("none");
    expect(listFlags(judgeOptions).find(({ key }) => key === "run")!.isRequired).toBe(true);
  });

  it("need a description and a schema that a flag can represent", () => {
    expect(() => listFlags(z.object({ limit: wholeNumber(1) }))).toThrow("not an option");
    const dated = z.object({ since: option(z.date(), { help: "a day" }) });
    expect(() => listFlags(dated)).toThrow("no flag can represent the schema of an option: date");
  });
});
