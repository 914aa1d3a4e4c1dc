/**
 * How a blank with several masks is scored (glm.md §5.3). In any order, each token of the answer is scored once:
 *
 * - `default`: most confident first. Of the tokens still masked, the one that the model finds most probable at its
 *   position is scored and filled in; then the model runs again. PET's rule (Schick & Schütze, "It's Not Just Size That
 *   Matters", NAACL 2021, eq. 4), called "default" there.
 * - `ltr`: left to right, with the earlier tokens filled in and the later ones masked (PET's "ltr").
 * - `parallel`: all tokens from a single pass with only masks (PET's "parallel").
 * - `pll`: each token with all the others filled in: the pseudo-log-likelihood of Salazar et al., "Masked Language
 *   Model Scoring" (ACL 2020).
 * - `pll-word`: like `pll`, but with the later tokens of the same word masked too, so that the end of a rare word does
 *   not give away its beginning: PLL-word-l2r of Kauf & Ivanova, "A Better Way to Do Masked Language Model Scoring" (ACL
 *   2023).
 */
export type Decoding = "default" | "ltr" | "parallel" | "pll" | "pll-word";

/** One reading of the text: the tokens in the blank, and the slots at which the answer's tokens are scored. */
export interface Reading {
  readonly blank: readonly number[];
  readonly slots: readonly number[];
}

export interface TokenScore {
  readonly logProb: number;
  /** whether the token was the argmax at the step in which it was scored */
  readonly isGreedy: boolean;
}

/**
 * The steps of scoring one answer. Each step yields the readings that it needs and is resumed with their scores, one
 * per requested slot; the generator returns the scores in the order of the answer's tokens.
 */
export type Steps = Generator<readonly Reading[], readonly TokenScore[], readonly (readonly TokenScore[])[]>;

export interface DecodingTokens {
  readonly mask: number;
  /** whether a token starts a word, by the vocabulary's spelling */
  readonly beginsWord: (id: number) => boolean;
}

export function decode(decoding: Decoding, answer: readonly number[], tokens: DecodingTokens): Steps {
  const { mask } = tokens;
  /** Returns the answer with the tokens masked for which `hides` is true. */
  const masked = (hides: (slot: number) => boolean) => answer.map((id, slot) => (hides(slot) ? mask : id));
  const slots = answer.map((_, slot) => slot);
  switch (decoding) {
    case "default":
      return mostConfidentFirst(answer, mask);
    case "parallel":
      return oneStep([{ blank: masked(() => true), slots }]);
    case "ltr":
      return oneStep(slots.map((slot) => ({ blank: masked((other) => other >= slot), slots: [slot] })));
    case "pll":
      return oneStep(slots.map((slot) => ({ blank: masked((other) => other === slot), slots: [slot] })));
    case "pll-word": {
      const word = wordNumbers(answer, tokens.beginsWord);
      const laterInWord = (slot: number) => (other: number) => other >= slot && word[other] === word[slot];
      return oneStep(slots.map((slot) => ({ blank: masked(laterInWord(slot)), slots: [slot] })));
    }
  }
}

/** Yields all readings at once, independent of each other's scores; each slot is scored in one of them, in order. */
function* oneStep(readings: readonly Reading[]): Steps {
  return (yield readings).flat();
}

function* mostConfidentFirst(answer: readonly number[], mask: number): Steps {
  const blank = answer.map(() => mask);
  const scores = new Array<TokenScore>(answer.length);
  let waiting = answer.map((_, slot) => slot);
  while (waiting.length > 0) {
    const results = (yield [{ blank: [...blank], slots: waiting }])[0]!;
    let best = 0;
    results.forEach(({ logProb }, k) => {
      if (logProb > results[best]!.logProb) best = k;
    });
    const slot = waiting[best]!;
    scores[slot] = results[best]!;
    blank[slot] = answer[slot]!;
    waiting = waiting.filter((other) => other !== slot);
  }
  return scores;
}

/** Returns the word index of each token; an answer's first token starts a word regardless of its spelling. */
function wordNumbers(answer: readonly number[], beginsWord: (id: number) => boolean): number[] {
  let word = 0;
  return answer.map((id, k) => (k > 0 && beginsWord(id) ? ++word : word));
}
