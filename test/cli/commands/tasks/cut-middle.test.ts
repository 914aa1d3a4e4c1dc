import { expect, it } from "vitest";
import { cutText, cutWords } from "../../../../src/cli/commands/tasks/cut-middle.js";

it("a long text is shown without its middle, with the omitted length", () => {
  expect(cutText("abcdef", 6)).toBe("abcdef");
  expect(cutText("abcdefghij", 6)).toBe("abcd […4 characters not shown; --full shows them…] ij");
  // Characters beyond the first plane are not split, and count once.
  expect(cutText("🙂🙂🙂", 3)).toBe("🙂🙂🙂");
  expect(cutText("🙂a🙂b🙂", 3)).toBe("🙂a […2 characters not shown; --full shows them…] 🙂");
  expect(cutText("x".repeat(3_000_000)).length).toBeLessThan(1500);
});

it("a long list of tokens is shown without its middle", () => {
  const words = Array.from({ length: 2000 }, (_, i) => `w${i}`);
  expect(cutWords(words.slice(0, 3), 3)).toBe("w0 w1 w2");
  expect(cutWords(words, 3)).toBe("w0 w1 […1,997 tokens not shown; --full shows them…] w1999");
});
