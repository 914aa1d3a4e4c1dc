import { expect, it } from "vitest";
import { findSameTokens } from "../../src/scoring/index.js";

const answer = (text: string, ids: number[], label?: string) => ({ text, ids, ...(label && { label }) });
const found = (...answers: ReturnType<typeof answer>[]) =>
  findSameTokens(answers).map(([one, other]) => `${one.text}=${other.text}`);

it("finds answers that say different things by the same tokens", () => {
  expect(found(answer("坏", [1], "bad"), answer("好", [1], "good"), answer("yes", [2], "so"))).toEqual([
    "坏=好",
  ]);
  expect(found(answer("坏", [1]), answer("yes", [1, 2]), answer("好", [1]), answer("中", [1]))).toEqual([
    "坏=好",
    "坏=中",
  ]);
});

it("says nothing of words of one label, of the same text, and of answers without tokens", () => {
  expect(found(answer("Yes", [1], "so"), answer("yes", [1], "so"))).toEqual([]);
  expect(found(answer("Paris", [1]), answer("Paris", [1]))).toEqual([]);
  expect(found(answer("", [], "a"), answer(" ", [], "b"))).toEqual([]);
  expect(found(answer("no", [1], "a"), answer("no way", [1, 2], "b"))).toEqual([]);
});
