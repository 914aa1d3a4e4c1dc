import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { GlmEvalError } from "../../src/errors.js";
import {
  type Conventions,
  checkOptions,
  conventionsOf,
  conventionsSchema,
  flagsOf,
  judgeOptions,
  modelOptions,
  PROTOCOLS,
  type RunOptions,
  readerOptions,
  runOptions,
  scoreTextOptions,
} from "../../src/options/index.js";
import { option, wholeNumber } from "../../src/options/option.js";

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(GlmEvalError);
    expect((error as GlmEvalError).kind).toBe("usage");
    return `${(error as GlmEvalError).message} (${(error as GlmEvalError).hint})`;
  }
  throw new Error("nothing was refused");
};

describe("the options of a run", () => {
  it("have values where nothing is given", () => {
    expect(checkOptions(runOptions, {})).toEqual({
      tasks: [],
      protocol: "glm",
      offline: false,
      allowExtraTensors: false,
      cache: true,
      split: "validation",
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

  it("are typed by their schemas", () => {
    expectTypeOf<RunOptions["limit"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<RunOptions["batchSize"]>().toEqualTypeOf<number | "auto" | undefined>();
    expectTypeOf<RunOptions["published"]>().toEqualTypeOf<string[]>();
    expectTypeOf<RunOptions["patterns"]>().toEqualTypeOf<"all" | string[] | undefined>();
    expectTypeOf<Conventions["normalization"]>().toEqualTypeOf<
      "auto" | "sum" | "mean" | "tokens" | "chars" | "bytes"
    >();
  });

  it("hold those of the model, and these those of the reader", () => {
    for (const key of Object.keys(readerOptions.shape)) expect(modelOptions.shape).toHaveProperty(key);
    for (const key of Object.keys(modelOptions.shape)) {
      expect(runOptions.shape).toHaveProperty(key);
      expect(scoreTextOptions.shape).toHaveProperty(key);
    }
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["no number", { limit: "many" }, "limit: found many; expected a whole number above 0"],
    ["no whole number", { limit: 2.5 }, "limit: found 2.5; expected a whole number above 0"],
    ["less than nothing", { fewshotSeed: -1 }, "fewshotSeed: found -1; expected a whole number from 0 on"],
    ["no choice", { gelu: "relu" }, 'gelu: found "relu"; expected one of "erf", "tanh"'],
    ["a mistyped choice", { calibration: "contextal" }, "did you mean contextual?"],
    ["no number and no word", { batchSize: "some" }, "expected auto or a whole number above 0"],
    ["an empty text", { model: "" }, 'model: found ""; expected a text'],
    [
      "a floor without a value",
      { failUnder: ["boolq=70", "cb"] },
      'failUnder: found "cb"; expected TASK=VALUE',
    ],
    ["an unknown one", { maxLenght: 4 }, 'there is no option maxLenght (did you mean "maxLength"?'],
  ])("refuse %s", (_, given, message) => {
    expect(refusal(() => checkOptions(runOptions, given))).toContain(message);
  });

  it("say what is missing, by the name that they are told", () => {
    const telling = { nameOf: (key: string) => `--${key}`, hint: "look it up" };
    expect(refusal(() => checkOptions(judgeOptions, {}, telling))).toBe("--run is missing (look it up)");
  });

  it("take names once, and no published row for none", () => {
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
  it("are the protocol's, but for what is set by itself", () => {
    for (const protocol of ["glm", "glm-hf"] as const)
      expect(conventionsOf(checkOptions(runOptions, { protocol }))).toEqual(PROTOCOLS[protocol]);
    const asked = { protocol: "glm-hf", endOfPiece: "yes", calibration: "pmi", normalization: "bytes" };
    expect(conventionsOf(checkOptions(runOptions, asked))).toEqual({ ...PROTOCOLS["glm-hf"], ...asked });
  });

  it("are recorded whole", () => {
    expect(conventionsSchema.parse(PROTOCOLS.glm)).toEqual(PROTOCOLS.glm);
    const { calibration: _, ...others } = PROTOCOLS.glm;
    expect(conventionsSchema.safeParse(others).success).toBe(false);
  });

  it("know a sum by two names", () => {
    expect(checkOptions(judgeOptions, { run: "r", normalization: "none" }).normalization).toBe("sum");
  });

  it("are left as the run had them where a run is judged again", () => {
    const { run, format, json, ...conventions } = checkOptions(judgeOptions, { run: "results/mine" });
    expect({ run, format, json }).toEqual({ run: "results/mine", format: "text", json: false });
    expect(conventions).toEqual({});
  });
});

describe("flags", () => {
  it("are made of the schemas", () => {
    const flags = new Map(flagsOf(runOptions).map((flag) => [flag.key, flag]));
    expect(flags.get("maxLength")).toMatchObject({ name: "max-length", isNumber: true, isRequired: false });
    expect(flags.get("maskToken")).toMatchObject({ isNumber: true, isText: true });
    expect(flags.get("patterns")).toMatchObject({ isList: true, choices: ["all"], alias: ["p", "pattern"] });
    expect(flags.get("failUnder")).toMatchObject({ isList: true, repeated: true });
    expect(flags.get("cache")).toMatchObject({ isSwitch: true, default: true });
    expect(flags.get("normalization")!.choices).toContain("none");
    expect(flagsOf(judgeOptions).find(({ key }) => key === "run")!.isRequired).toBe(true);
  });

  it("need to be told what they are for", () => {
    expect(() => flagsOf(z.object({ limit: wholeNumber(1) }))).toThrow("no option");
    const dated = z.object({ since: option(z.date(), { help: "a day" }) });
    expect(() => flagsOf(dated)).toThrow("no flag can be made of: date");
  });
});
