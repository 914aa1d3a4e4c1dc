/**
 * How a blank of several masks is decoded (glm.md §5.3). In any order, each token of the answer is scored once:
 *
 * - `default`: the most confident first. Of the tokens still masked, the one that the model finds most probable at its
 *   position is scored and filled in; then the model runs again. PET's rule (Schick & Schütze, "It's Not Just Size
 *   That Matters", NAACL 2021, eq. 4), there called "default".
 * - `ltr`: from left to right, with the earlier tokens filled in and the later ones masked (PET's "ltr").
 * - `parallel`: all tokens in one pass, with only masks in the blank (PET's "parallel").
 * - `pll`: each token with all the others filled in: the pseudo-log-likelihood of Salazar et al., "Masked Language Model
 *   Scoring" (ACL 2020).
 * - `pll-word`: as `pll`, but with the later tokens of the same word masked too, so that the end of a rare word does not
 *   give its beginning away: PLL-word-l2r of Kauf & Ivanova, "A Better Way to Do Masked Language Model Scoring" (ACL 2023).
 */
export type Decoding = "default" | "ltr" | "parallel" | "pll" | "pll-word";

/** One input to the model: the content of the blank, and the slots in which the answer's token is scored. */
export interface Reading {
  readonly blank: readonly number[];
  readonly slots: readonly number[];
}

export interface TokenScore {
  readonly logProb: number;
  /** whether the token was the arg max at the step at which it was scored */
  readonly isGreedy: boolean;
}

/**
 * The steps of scoring one answer. Each yields the readings that it needs and is resumed with their scores, one per
 * scored slot; the last returns the scores in the order of the answer's tokens.
 */
export type Steps = Generator<readonly Reading[], readonly TokenScore[], readonly (readonly TokenScore[])[]>;

export interface DecodingTokens {
  readonly mask: number;
  /** whether a token starts a word, by the vocabulary's spelling */
  readonly startsWord: (id: number) => boolean;
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
      const word = numberWords(answer, tokens.startsWord);
      const laterInWord = (slot: number) => (other: number) => other >= slot && word[other] === word[slot];
      return oneStep(slots.map((slot) => ({ blank: masked(laterInWord(slot)), slots: [slot] })));
    }
  }
}

/** Requests all readings at once, since none depends on another's scores; each slot is scored in one of them, in order. */
function* oneStep(readings: readonly Reading[]): Steps {
  return (yield readings).flat();
}

function* mostConfidentFirst(answer: readonly number[], mask: number): Steps {
  const blank = answer.map(() => mask);
  const scores = new Array<TokenScore>(answer.length);
  let waiting = answer.map((_, slot) => slot);
  while (waiting.length > 0) {
    const found = (yield [{ blank: [...blank], slots: waiting }])[0]!;
    let best = 0;
    found.forEach(({ logProb }, k) => {
      if (logProb > found[best]!.logProb) best = k;
    });
    const slot = waiting[best]!;
    scores[slot] = found[best]!;
    blank[slot] = answer[slot]!;
    waiting = waiting.filter((other) => other !== slot);
  }
  return scores;
}

/** Numbers the word of each token; the first token of an answer always starts a word, regardless of its spelling. */
function numberWords(answer: readonly number[], startsWord: (id: number) => boolean): number[] {
  let word = 0;
  return answer.map((id, k) => (k > 0 && startsWord(id) ? ++word : word));
}
