import { PIECE, type SentencePieceFile } from "./sentencepiece-model.js";

/** Splits normalized text into pieces and returns their ids: SentencePiece's Encode for one model type. */
export type PieceEncoder = (text: string) => number[];

/** Returns the length in UTF-16 units of the character at `at`. */
function getCharacterLength(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  readonly length: number;
}

/** A priority queue of pairs (binary heap): best score first, ties broken by the leftmost position. */
class Agenda {
  private readonly heap: Pair[] = [];

  private before(a: Pair, b: Pair): boolean {
    return a.score > b.score || (a.score === b.score && a.left < b.left);
  }

  push(pair: Pair): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(pair, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = pair;
  }

  pop(): Pair | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

/**
 * Byte-pair encoding as in SentencePiece (bpe_model.cc): merges the neighbors whose joined piece has the best score,
 * over the entire text. Implemented here because the library needs a list of merges, which would have to rank the
 * different ways to form one piece ("a"+"aa", "aa"+"a"), whereas SentencePiece takes the leftmost.
 */
export function bpeEncoder(model: SentencePieceFile): PieceEncoder {
  const { pieces, unknownId } = model;
  const mergeable = new Map<string, number>();
  const ids = new Map<string, number>();
  for (const [id, { piece, type }] of pieces.entries()) {
    ids.set(piece, id);
    if (type === PIECE.normal || type === PIECE.userDefined || type === PIECE.unused)
      mergeable.set(piece, id);
  }
  const userDefined = pieces
    .filter((piece) => piece.type === PIECE.userDefined)
    .map(({ piece }) => piece)
    .sort((a, b) => b.length - a.length);

  return (text) => {
    const start: number[] = [];
    const length: number[] = [];
    const frozen: boolean[] = [];
    for (let at = 0; at < text.length; at += length.at(-1)!) {
      const literal = userDefined.find((piece) => text.startsWith(piece, at));
      start.push(at);
      length.push(literal?.length ?? getCharacterLength(text, at));
      frozen.push(literal !== undefined);
    }
    const count = start.length;
    const previous = Array.from({ length: count }, (_, i) => i - 1);
    const next = Array.from({ length: count }, (_, i) => (i + 1 < count ? i + 1 : -1));
    const agenda = new Agenda();
    /** how an unused piece was formed, so that it can be split again */
    const made = new Map<string, [string, string]>();
    const getText = (symbol: number) => text.slice(start[symbol]!, start[symbol]! + length[symbol]!);
    const propose = (left: number, right: number) => {
      if (left < 0 || right < 0 || frozen[left] || frozen[right]) return;
      const joined = length[left]! + length[right]!;
      const piece = text.slice(start[left]!, start[left]! + joined);
      const id = mergeable.get(piece);
      if (id === undefined) return;
      agenda.push({ left, right, score: pieces[id]!.score, length: joined });
      if (pieces[id]!.type === PIECE.unused) made.set(piece, [getText(left), getText(right)]);
    };
    for (let i = 1; i < count; i++) propose(i - 1, i);
    for (let pair = agenda.pop(); pair !== undefined; pair = agenda.pop()) {
      const { left, right } = pair;
      // A pair is stale if one of its symbols has been merged in the meantime.
      if (!length[left] || !length[right] || length[left] + length[right] !== pair.length) continue;
      length[left] = pair.length;
      length[right] = 0;
      const after = next[right]!;
      next[left] = after;
      if (after >= 0) previous[after] = left;
      propose(previous[left]!, left);
      propose(left, after);
    }

    const out: number[] = [];
    const emit = (piece: string): void => {
      const id = ids.get(piece) ?? unknownId;
      const parts = pieces[id]!.type === PIECE.unused ? made.get(piece) : undefined;
      if (parts !== undefined) for (const part of parts) emit(part);
      // A run of unknown characters becomes one unknown piece.
      else if (id !== unknownId || out.at(-1) !== unknownId) out.push(id);
    };
    for (let symbol = count > 0 ? 0 : -1; symbol !== -1; symbol = next[symbol]!) emit(getText(symbol));
    return out;
  };
}

interface TrieNode {
  id: number;
  readonly children: Map<number, TrieNode>;
}

function buildTrie(model: SentencePieceFile): TrieNode {
  const root: TrieNode = { id: -1, children: new Map() };
  for (const [id, { piece, type }] of model.pieces.entries()) {
    if (type !== PIECE.normal && type !== PIECE.userDefined) continue;
    let node = root;
    for (let i = 0; i < piece.length; i++) {
      const unit = piece.charCodeAt(i);
      let child = node.children.get(unit);
      if (child === undefined) {
        child = { id: -1, children: new Map() };
        node.children.set(unit, child);
      }
      node = child;
    }
    node.id = id;
  }
  return root;
}

/**
 * The score of an unknown character relative to the least likely piece, and that of a user-defined piece
 * (unigram_model.cc).
 */
const UNKNOWN_PENALTY = 10;
const USER_DEFINED_SCORE = -0.1;

/** Finds the most likely split into pieces (Viterbi), in single precision like unigram_model.cc's EncodeOptimized. */
export function unigramEncoder(model: SentencePieceFile): PieceEncoder {
  const { pieces, unknownId } = model;
  const root = buildTrie(model);
  const lowest = pieces.reduce(
    (low, { score, type }) => (type === PIECE.normal ? Math.min(low, score) : low),
    Infinity,
  );
  const unknownScore = Math.fround(lowest - UNKNOWN_PENALTY);
  const scores = pieces.map(({ score, type }) => (type === PIECE.userDefined ? USER_DEFINED_SCORE : score));

  return (text) => {
    // The best path that ends before each position: its score, the start of its last piece, and that piece's id.
    const best = new Float32Array(text.length + 1);
    const lastStart = new Int32Array(text.length + 1).fill(-1);
    const lastPiece = new Int32Array(text.length + 1);
    const offer = (start: number, end: number, id: number, score: number) => {
      const total = Math.fround(score + best[start]!);
      if (lastStart[end] !== -1 && total <= best[end]!) return;
      best[end] = total;
      lastStart[end] = start;
      lastPiece[end] = id;
    };
    for (let start = 0; start < text.length; ) {
      const character = getCharacterLength(text, start);
      let single = false;
      let node = root.children.get(text.charCodeAt(start));
      for (let end = start + 1; node !== undefined; end++) {
        if (node.id >= 0) {
          offer(start, end, node.id, scores[node.id]!);
          if (end - start === character) single = true;
        }
        node = end < text.length ? node.children.get(text.charCodeAt(end)) : undefined;
      }
      if (!single) offer(start, start + character, unknownId, unknownScore);
      start += character;
    }
    const out: number[] = [];
    for (let end = text.length; end > 0; end = lastStart[end]!) {
      const id = lastPiece[end]!;
      if (id !== unknownId || out.at(-1) !== unknownId) out.push(id);
    }
    return out.reverse();
  };
}
