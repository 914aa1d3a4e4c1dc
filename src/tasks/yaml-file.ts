import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import type { Place, Problems } from "../findings.js";
import type { Origin } from "../patterns/index.js";
import { sourceOffsets } from "./yaml-scalar.js";

/** What the library finds where a pattern's text stands without quotes: "Question: …", "{{ text }} …", "[MASK] …". */
const UNQUOTED: ReadonlySet<string> = new Set(["BLOCK_AS_IMPLICIT_KEY", "UNEXPECTED_TOKEN"]);
const QUOTE = 'a text that has ": " in it, or begins with {, [ or a quote, stands in quotes as a whole';

export type Path = readonly (string | number)[];

/** A YAML file whose values know where they stand. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** of a value, or of the nearest value around it */
  place(path: Path): Place;
  /** of a key */
  placeOfKey(path: Path): Place;
  /** Where a text stands, for errors inside it. */
  origin(path: Path): Origin;
}

/** @returns undefined where the text is no YAML, which is reported */
export function parseYaml(file: string, text: string, problems: Problems): YamlFile | undefined {
  const lines = new LineCounter();
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const placeOf = (start = 0, end = start): Place => {
    const from = position(start);
    const to = position(end);
    return { file, ...from, ...(to.line === from.line && end > start && { endColumn: to.column }) };
  };
  const report = (
    severity: "error" | "warning",
    code: string,
    place: Place,
    message: string,
    hint?: string,
  ) => problems.add({ severity, code, ...place, message, hint });

  let document: Document;
  let value: unknown;
  try {
    // The library compares each key with all others of its map, which takes for ever in a hostile file.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    for (const { pos, code, message } of document.errors)
      report(
        "error",
        "not-yaml",
        placeOf(pos[0], pos[1]),
        `the file is not YAML: ${message}`,
        UNQUOTED.has(code) ? QUOTE : undefined,
      );
    if (document.errors.length > 0) return undefined;
    for (const { pos, message } of document.warnings)
      report("warning", "odd-yaml", placeOf(pos[0], pos[1]), message);
    checkKeys(document, (key, first, name) => {
      const { line } = position(first.range![0]);
      const place = placeOf(key.range![0], key.range![1]);
      report("error", "duplicate-key", place, `found the key "${name}" again; line ${line} has it already`);
    });
    value = document.toJS();
  } catch (error) {
    // Aliases that multiply (ReferenceError), and nesting beyond the stack (RangeError).
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    report("error", "yaml-too-big", placeOf(), `the file cannot be unfolded: ${error.message}`);
    return undefined;
  }

  const pairOf = keyedPairs();
  const nodeAt = (path: Path): Node | null => {
    let node = document.contents;
    for (const step of path) {
      const next = isMap(node)
        ? pairOf(node, step)?.value
        : isSeq(node)
          ? node.items[Number(step)]
          : undefined;
      if (!isNode(next)) break;
      node = next;
    }
    return node;
  };
  return {
    file,
    value,
    place(path) {
      const [start, end] = nodeAt(path)?.range ?? [];
      return placeOf(start, end);
    },
    placeOfKey(path) {
      const map = nodeAt(path.slice(0, -1));
      const key = isMap(map) ? pairOf(map, path.at(-1)!)?.key : undefined;
      const [start, end] = (isNode(key) ? key : map)?.range ?? [];
      return placeOf(start, end);
    },
    origin(path) {
      const node = nodeAt(path);
      if (!isScalar(node) || typeof node.value !== "string")
        return { file, at: () => position(node?.range?.[0] ?? 0) };
      const scalar = { type: node.type, range: node.range, value: node.value };
      let offsets: readonly number[] | undefined;
      return {
        file,
        at(offset) {
          offsets ??= sourceOffsets(text, scalar);
          return position(offsets[offset] ?? node.range?.[1] ?? 0);
        },
      };
    },
  };
}

/** Finds the keys that a map has twice, and leaves only the first of each. */
function checkKeys(document: Document, found: (again: Node, first: Node, name: string) => void): void {
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, Node>();
      map.items = map.items.filter(({ key }) => {
        if (!isScalar(key)) return true;
        const name = String(key.value);
        const first = seen.get(name);
        if (first === undefined) seen.set(name, key);
        else found(key, first, name);
        return first === undefined;
      });
    },
  });
}

/**
 * Finds a map's pair by its key. Keys are compared as texts: YAML reads `false` and `2` as what they are, JavaScript's
 * objects do not.
 */
function keyedPairs(): (map: YAMLMap, key: string | number) => Pair | undefined {
  const known = new WeakMap<YAMLMap, Map<string, Pair>>();
  return (map, key) => {
    let pairs = known.get(map);
    if (pairs === undefined) {
      pairs = new Map(
        map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])),
      );
      known.set(map, pairs);
    }
    return pairs.get(String(key));
  };
}
