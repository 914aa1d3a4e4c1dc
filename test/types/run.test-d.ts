// Checked by `npm run lint`, which compiles the tests.
import {
  type Evaluation,
  GlmEvalError,
  type JudgeChanges,
  judgeRun,
  type Model,
  type ModelOptions,
  type RecordedRun,
  type RunEvent,
  type RunJudgement,
  type RunOptions,
  type RunOutcome,
  type RunRecord,
  type RunResults,
  run,
  type Sample,
} from "glm-eval";
import { expectTypeOf, test } from "vitest";

test("run takes the command's options in camelCase, and what is undefined is not given", () => {
  expectTypeOf(run).parameter(0).toEqualTypeOf<RunOptions>();
  expectTypeOf<{ tasks: string[] }>().toExtend<RunOptions>();
  expectTypeOf<{ model: string }>().not.toExtend<RunOptions>();
  expectTypeOf<{ tasks: string[]; model: undefined; limit: undefined }>().toExtend<RunOptions>();
  expectTypeOf<{ tasks: string }>().not.toExtend<RunOptions>();
  expectTypeOf<RunOptions["model"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<RunOptions["baseline"]>().toEqualTypeOf<readonly string[] | undefined>();
  expectTypeOf<RunOptions["limit"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<RunOptions["batchSize"]>().toEqualTypeOf<number | "auto" | undefined>();
  expectTypeOf<RunOptions["patterns"]>().toEqualTypeOf<readonly string[] | "all" | undefined>();
  expectTypeOf<RunOptions["calibration"]>().toEqualTypeOf<"none" | "contextual" | "pmi" | undefined>();
  // What only the command has: how results are shown.
  expectTypeOf<RunOptions>().not.toHaveProperty("format");
  expectTypeOf<RunOptions>().not.toHaveProperty("failUnder");
  // What reaches a model that is loaded.
  expectTypeOf<Omit<RunOptions, "tasks" | "patterns">>().toExtend<ModelOptions>();
});

test("run gives a run's folder, record, results and models", () => {
  expectTypeOf(run).returns.resolves.toEqualTypeOf<RunOutcome>();
  expectTypeOf<RunOutcome["folder"]>().toEqualTypeOf<string>();
  expectTypeOf<RunOutcome["record"]>().toEqualTypeOf<RunRecord>();
  expectTypeOf<RunOutcome["results"]>().toEqualTypeOf<RunResults>();
  expectTypeOf<RunOutcome["models"][number]["model"]>().toEqualTypeOf<Model | undefined>();
  expectTypeOf<RunOutcome["models"][number]["evaluation"]>().toEqualTypeOf<Evaluation | undefined>();
  expectTypeOf<RunOutcome["models"][number]>().not.toHaveProperty("cache");
});

test("an event's type tells what it holds", () => {
  const show = (event: RunEvent): string => {
    switch (event.type) {
      case "downloading":
        expectTypeOf(event.total).toEqualTypeOf<number | undefined>();
        return event.url;
      case "task-left-out":
        expectTypeOf(event.status).toEqualTypeOf<"missing" | "failed">();
        return event.message;
      case "progress":
        expectTypeOf(event.progress.secondsLeft).toEqualTypeOf<number | undefined>();
        return event.pattern;
      case "load-failed":
        expectTypeOf(event.error).toBeUnknown();
        return event.model;
      case "result":
        return event.result.task;
      default:
        expectTypeOf(event).not.toHaveProperty("url");
        return event.type;
    }
  };
  expectTypeOf(show).returns.toBeString();
});

test("judgeRun takes a record and what is judged otherwise", () => {
  expectTypeOf(judgeRun).parameter(0).toEqualTypeOf<RecordedRun>();
  expectTypeOf(judgeRun).returns.resolves.toEqualTypeOf<RunJudgement>();
  expectTypeOf<RunJudgement["results"]>().toEqualTypeOf<RunResults>();
  expectTypeOf<{ normalization: "mean" }>().toExtend<JudgeChanges>();
  expectTypeOf<{ normalization: "median" }>().not.toExtend<JudgeChanges>();
  // Truncation decides what is asked: it cannot be judged otherwise.
  expectTypeOf<JudgeChanges>().not.toHaveProperty("truncation");
});

test("a sample is read-only, however deep", () => {
  expectTypeOf<Sample["answers"][number]["tokenLogProbs"]>().toEqualTypeOf<readonly number[]>();
  expectTypeOf<Sample["predicted"]>().toEqualTypeOf<string>();
  expectTypeOf<Sample["label"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Sample["labelScores"]>().toEqualTypeOf<
    readonly { readonly label: string; readonly score: number }[] | undefined
  >();
});

test("an error that a user can mend says what kind it is and what to do", () => {
  expectTypeOf<GlmEvalError>().toExtend<Error>();
  expectTypeOf<GlmEvalError["kind"]>().toEqualTypeOf<"usage" | "data" | "model">();
  expectTypeOf<GlmEvalError["hint"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<GlmEvalError["exitCode"]>().toEqualTypeOf<number>();
  const narrowed = (error: unknown) => (error instanceof GlmEvalError ? error.hint : undefined);
  expectTypeOf(narrowed).returns.toEqualTypeOf<string | undefined>();
});
