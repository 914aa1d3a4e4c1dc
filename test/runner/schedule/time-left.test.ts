import { expect, it } from "vitest";
import { formatTimeLeft } from "../../../src/cli/terminal/progress.js";
import { TimeLeft } from "../../../src/runner/schedule/time-left.js";

it("the time left goes by cost, by what is not tokenised yet, and by what need not be computed", () => {
  let now = 0;
  const left = new TimeLeft(100, () => now);
  left.known(50, 1000);
  expect(left.seconds()).toBeUndefined();
  now = 60_000; // before scoring begins no time counts
  left.begin();
  now += 10_000;
  left.computed(200);
  // 20 a second; 2000 all together by what is known.
  expect(left.seconds()).toBeCloseTo(90);
  left.spared(400);
  expect(left.seconds()).toBeCloseTo(70);
  left.known(50, 500);
  expect(left.seconds()).toBeCloseTo(45);
});

it("is told as finely as it is known", () => {
  expect([undefined, 0.2, 59.5, 200, 3500, 7500].map(formatTimeLeft)).toEqual([
    "",
    "1 s left",
    "60 s left",
    "3 min left",
    "58 min left",
    "2 h 05 min left",
  ]);
});
