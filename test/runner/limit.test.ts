import { expect, it } from "vitest";
import { makeLimited } from "../../src/runner/judge/make-limited.js";
import { getLimitOptions } from "../../src/runner/run-options.js";

it("a run's limit is recorded with how examples are selected, and with the seed where they are drawn", () => {
  expect(getLimitOptions({})).toEqual({});
  expect(getLimitOptions({ limit: 5 })).toEqual({ limit: 5, limitBy: "first" });
  expect(getLimitOptions({ limit: 0.5, limitBy: "random" })).toEqual({
    limit: 0.5,
    limitBy: "random",
    limitSeed: 0,
  });
});

it("what selects examples is refused where nothing is selected", () => {
  expect(() => getLimitOptions({ limitBy: "random" })).toThrow("--limit-by needs --limit");
  for (const options of [{ limitSeed: 1 }, { limit: 5, limitSeed: 1 }])
    expect(() => getLimitOptions(options)).toThrow("--limit-seed needs --limit-by random or stratified");
});

it("a result says so where its data is a part, as the run and its record have the limit", () => {
  const drawn = { limit: 5, limitBy: "stratified", limitSeed: 2 } as const;
  expect(makeLimited(drawn, { isPart: true })).toEqual({ limit: 5, by: "stratified", seed: 2 });
  expect(makeLimited({ limit: 5 }, { isPart: true })).toEqual({ limit: 5, by: "first" });
  for (const data of [{}, { isPart: false }, undefined]) expect(makeLimited(drawn, data)).toBeUndefined();
  expect(makeLimited({ limit: null }, { isPart: true })).toBeUndefined();
});
