/**
 * How a blank of several masks is read (glm.md §5.3). Whatever the order, each token of the answer is scored once:
 *
 * - `default`: the most confident first. Of the tokens still masked, the one that the model finds most probable at its
 *   own place is scored and written in; then the model reads again. PET's rule (Schick & Schütze, "It's Not Just Size
 *   That Matters", NAACL 2021, eq. 4), there called "default".
 * - `ltr`: from left to right, the earlier tokens written in, the later ones masked (PET's "ltr").
 * - `parallel`: all tokens from one reading of nothing but masks (PET's "parallel").
 * - `pll`: each token with all the others written in: the pseudo-log-likelihood of Salazar et al., "Masked Language Model
 *   Scoring" (ACL 2020).
 * - `pll-word`: as `pll`, but with the later tokens of the same word masked too, so that the end of a rare word does not
 *   give its beginning away: PLL-word-l2r of Kauf & Ivanova, "A Better Way to Do Masked Language Model Scoring" (ACL 2023).
 */
export type Decoding = "default" | "ltr" | "parallel" | "pll" | "pll-word";

/** A reading of the text: what stands in the blank, and which of its slots are asked for the answer's token there. */
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
 * The steps of scoring one answer. Each gives the readings that it needs and is continued with their scores, one for
 * each slot asked; the last returns the scores in the order of the answer's tokens.
 */
export type Steps = Generator<readonly Reading[], readonly TokenScore[], readonly (readonly TokenScore[])[]>;

export interface DecodingTokens {
  readonly mask: number;
  /** whether a token begins a word, by the vocabulary's spelling */
  readonly beginsWord: (id: number) => boolean;
}

export function decode(decoding: Decoding, answer: readonly number[], tokens: DecodingTokens): Steps {
  const { mask } = tokens;
  /** The answer with the tokens masked of which `hides` says so. */
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

/** All readings at once, none depending on another's scores; each slot is asked in one of them, in order. */
function* oneStep(readings: readonly Reading[]): Steps {
  return (yield readings).flat();
}

function* mostConfidentFirst(answer: readonly number[], mask: number): Steps {
  const blank = answer.map(() => mask);
  const scores = new Array<TokenScore>(answer.length);
  let waiting = answer.map((_, slot) => slot);
  while (waiting.length > 0) {
    const heard = (yield [{ blank: [...blank], slots: waiting }])[0]!;
    let best = 0;
    heard.forEach(({ logProb }, k) => {
      if (logProb > heard[best]!.logProb) best = k;
    });
    const slot = waiting[best]!;
    scores[slot] = heard[best]!;
    blank[slot] = answer[slot]!;
    waiting = waiting.filter((other) => other !== slot);
  }
  return scores;
}

/** Which word each token belongs to; the first token of an answer begins one whatever its spelling. */
function wordNumbers(answer: readonly number[], beginsWord: (id: number) => boolean): number[] {
  let word = 0;
  return answer.map((id, k) => (k > 0 && beginsWord(id) ? ++word : word));
}
