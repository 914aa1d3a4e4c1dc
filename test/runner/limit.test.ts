import { expect, it } from "vitest";
import { limitedBy } from "../../src/runner/judge/limited-by.js";
import { limitOf } from "../../src/runner/run-options.js";

it("a run's limit is recorded with how examples are selected, and with the seed where they are drawn", () => {
  expect(limitOf({})).toEqual({});
  expect(limitOf({ limit: 5 })).toEqual({ limit: 5, limitBy: "first" });
  expect(limitOf({ limit: 0.5, limitBy: "random" })).toEqual({ limit: 0.5, limitBy: "random", limitSeed: 0 });
});

it("what selects examples is refused where nothing is selected", () => {
  expect(() => limitOf({ limitBy: "random" })).toThrow("--limit-by needs --limit");
  for (const options of [{ limitSeed: 1 }, { limit: 5, limitSeed: 1 }])
    expect(() => limitOf(options)).toThrow("--limit-seed needs --limit-by random or stratified");
});

it("a result says so where its data is a part, as the run and its record have the limit", () => {
  const drawn = { limit: 5, limitBy: "stratified", limitSeed: 2 } as const;
  expect(limitedBy(drawn, { isPart: true })).toEqual({ limit: 5, by: "stratified", seed: 2 });
  expect(limitedBy({ limit: 5 }, { isPart: true })).toEqual({ limit: 5, by: "first" });
  for (const data of [{}, { isPart: false }, undefined]) expect(limitedBy(drawn, data)).toBeUndefined();
  expect(limitedBy({ limit: null }, { isPart: true })).toBeUndefined();
});
