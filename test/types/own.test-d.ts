// Checked by `npm run lint`, which compiles the tests.
import {
  type AnswerScore,
  type ClozeQuestion,
  comparePaired,
  computeMetric,
  type Engine,
  type evaluate,
  format,
  formatComparison,
  type LoadedReader,
  loadModel,
  loadReader,
  type Metric,
  type MetricResult,
  type Model,
  type PreparedQuestion,
  type Reader,
  type ReportCell,
  type ReportTable,
  type RunHooks,
  resultsTable,
  toText,
} from "glm-eval";
import { expectTypeOf, test } from "vitest";

interface Own extends PreparedQuestion {
  readonly text: readonly number[];
}

test("an engine scores what its model's reader prepares", () => {
  expectTypeOf<Reader<Own>["prepare"]>().toEqualTypeOf<(question: ClozeQuestion) => Own[]>();
  expectTypeOf<Engine<Own>["length"]>().parameter(0).toEqualTypeOf<Own>();
  expectTypeOf<Engine<Own>["score"]>().parameter(0).toEqualTypeOf<readonly (readonly Own[])[]>();
  expectTypeOf<Engine["score"]>().returns.resolves.toEqualTypeOf<AnswerScore[][][]>();
  // A question lacks nothing that every question has.
  // @ts-expect-error: no PreparedQuestion
  type _Wrong = Reader<{ text: string }>;
  // A model's two halves are of one kind.
  expectTypeOf<Model<Own>["reader"]>().toEqualTypeOf<Reader<Own>>();
  expectTypeOf<Model<Own>["engine"]>().toEqualTypeOf<Engine<Own>>();
  expectTypeOf<{ reader: Reader<Own>; engine: Engine<Own> }>().toExtend<
    Parameters<typeof evaluate<Own>>[0]
  >();
  expectTypeOf<{ reader: Reader; engine: Engine<Own> }>().not.toExtend<Parameters<typeof evaluate<Own>>[0]>();
});

test("a model of one's own is loaded as those of the program are", () => {
  expectTypeOf(loadModel).returns.resolves.toEqualTypeOf<Model>();
  expectTypeOf(loadReader).returns.resolves.toEqualTypeOf<LoadedReader>();
  expectTypeOf(loadModel).toExtend<NonNullable<RunHooks["load"]>>();
  expectTypeOf<Model<Own>>().toExtend<Model>();
});

test("a metric is a name or an object", () => {
  expectTypeOf(computeMetric).parameter(0).toEqualTypeOf<string | Metric>();
  expectTypeOf(comparePaired).parameter(0).toEqualTypeOf<string | Metric>();
  expectTypeOf(computeMetric).returns.toEqualTypeOf<MetricResult>();
});

test("a report is a text or bytes, and may take its time", () => {
  expectTypeOf(format).returns.resolves.toEqualTypeOf<string | Uint8Array>();
  expectTypeOf(formatComparison).returns.toEqualTypeOf<string>();
  expectTypeOf(resultsTable).returns.toEqualTypeOf<ReportTable>();
  expectTypeOf(toText).parameter(0).toEqualTypeOf<ReportTable>();
});

test("a cell's kind tells what it holds", () => {
  const number = (cell: ReportCell): number | undefined => {
    if (cell.kind === "comparison") return cell.difference?.points;
    if (cell.kind === "spread") return cell.mean;
    expectTypeOf<Extract<ReportCell, { kind: "count" }>>().toEqualTypeOf<{
      readonly kind: "count";
      readonly count: number;
    }>();
    return cell.kind === "value" ? cell.value : undefined;
  };
  expectTypeOf(number).returns.toEqualTypeOf<number | undefined>();
});
