import { PickleBytes, PickleError, unquote } from "./pickle-bytes.js";

/** The objects that a pickle may request from its reader. Nothing is ever executed: a name stays a name. */
export interface ObjectBuilder {
  /** the object that a dotted name refers to; throws if the name is refused */
  global(module: string, name: string): unknown;
  /** the result of calling `callee` with `args` (REDUCE, NEWOBJ, INST, OBJ) */
  call(callee: unknown, args: readonly unknown[]): unknown;
  /** sets an object's state (BUILD) */
  build(target: unknown, state: unknown): void;
  /** the object stored outside the pickle under this id (BINPERSID) */
  persistent(id: unknown): unknown;
  /** whether items added to `target` may be dropped silently */
  isInert(target: unknown): boolean;
}

/** A state dict takes about 25 instructions per tensor; the limit stops crafted pickles that would exhaust memory. */
const MAX_INSTRUCTIONS = 5_000_000;

/**
 * Reads one pickle of protocol 0 to 5 (opcodes: CPython's `pickletools.py`).
 *
 * None becomes null; int a number, or a bigint beyond 2^53; tuple and list an array; dict a Map; set a Set; bytes a
 * Uint8Array; everything else is made by `builder`.
 *
 * @returns the object and the position after the pickle
 * @throws PickleError; PickleEndError if the bytes end too soon; anything that `builder` throws
 */
export function unpickle(
  bytes: Buffer,
  start: number,
  builder: ObjectBuilder,
): { value: unknown; end: number } {
  return new Machine(bytes, start, builder).run();
}

class Machine {
  readonly #bytes: PickleBytes;
  readonly #builder: ObjectBuilder;
  #stack: unknown[] = [];
  /** the stacks below each open mark */
  readonly #marks: unknown[][] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(bytes: Buffer, start: number, builder: ObjectBuilder) {
    this.#bytes = new PickleBytes(bytes, start);
    this.#builder = builder;
  }

  run(): { value: unknown; end: number } {
    for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
      const opcode = String.fromCharCode(this.#bytes.uint(1));
      if (opcode === ".") return { value: this.#pop(), end: this.#bytes.at };
      if (!this.#constant(opcode) && !this.#container(opcode) && !this.#object(opcode)) {
        throw new PickleError(
          `unknown pickle instruction 0x${opcode.charCodeAt(0).toString(16)} (byte ${this.#bytes.at - 1})`,
        );
      }
    }
    throw new PickleError(`the pickle has more than ${MAX_INSTRUCTIONS} instructions`);
  }

  /** Instructions that push a constant. */
  #constant(opcode: string): boolean {
    // biome-ignore format: a table
    switch (opcode) {
      case "N": return this.#push(null);
      case "\x88": return this.#push(true);
      case "\x89": return this.#push(false);
      case "I": return this.#push(this.#bytes.textInteger());
      case "L": return this.#push(this.#bytes.textInteger());
      case "J": return this.#push(this.#bytes.take(4).readInt32LE());
      case "K": return this.#push(this.#bytes.uint(1));
      case "M": return this.#push(this.#bytes.uint(2));
      case "\x8a": return this.#push(this.#bytes.integer(this.#bytes.uint(1)));
      case "\x8b": return this.#push(this.#bytes.integer(this.#bytes.uint(4)));
      case "F": return this.#push(Number(this.#bytes.line()));
      case "G": return this.#push(this.#bytes.take(8).readDoubleBE());
      case "S": return this.#push(unquote(this.#bytes.line()));
      case "U": return this.#push(this.#bytes.take(this.#bytes.uint(1)).toString("latin1"));
      case "T": return this.#push(this.#bytes.take(this.#bytes.uint(4)).toString("latin1"));
      case "V": return this.#push(this.#bytes.line());
      case "\x8c": return this.#push(this.#bytes.take(this.#bytes.uint(1)).toString("utf8"));
      case "X": return this.#push(this.#bytes.take(this.#bytes.uint(4)).toString("utf8"));
      case "\x8d": return this.#push(this.#bytes.take(this.#bytes.uint64()).toString("utf8"));
      case "C": return this.#push(this.#bytes.take(this.#bytes.uint(1)));
      case "B": return this.#push(this.#bytes.take(this.#bytes.uint(4)));
      case "\x8e": case "\x96": return this.#push(this.#bytes.take(this.#bytes.uint64()));
      case "c": return this.#push(this.#builder.global(this.#bytes.line(), this.#bytes.line()));
      default: return false;
    }
  }

  /** Instructions on containers, the stack and the memo. */
  #container(opcode: string): boolean {
    // biome-ignore format: a table
    switch (opcode) {
      case "(": this.#marks.push(this.#stack); this.#stack = []; return true;
      case ")": case "]": return this.#push([]);
      case "}": return this.#push(new Map());
      case "\x8f": return this.#push(new Set());
      case "t": case "l": return this.#push(this.#popMark());
      case "\x85": return this.#push(this.#popMany(1));
      case "\x86": return this.#push(this.#popMany(2));
      case "\x87": return this.#push(this.#popMany(3));
      case "d": return this.#setItems(this.#popMark(), new Map());
      case "\x91": return this.#push(new Set(this.#popMark()));
      case "a": return this.#append(this.#popMany(1));
      case "e": return this.#append(this.#popMark());
      case "s": return this.#setItems(this.#popMany(2), this.#pop());
      case "u": return this.#setItems(this.#popMark(), this.#pop());
      case "\x90": return this.#addItems(this.#popMark());
      case "0": if (this.#stack.length > 0) this.#pop(); else this.#popMark(); return true;
      case "1": this.#popMark(); return true;
      case "2": return this.#push(this.#top());
      case "p": return this.#memoize(Number(this.#bytes.line()));
      case "q": return this.#memoize(this.#bytes.uint(1));
      case "r": return this.#memoize(this.#bytes.uint(4));
      case "\x94": return this.#memoize(this.#memo.size);
      case "g": return this.#recall(Number(this.#bytes.line()));
      case "h": return this.#recall(this.#bytes.uint(1));
      case "j": return this.#recall(this.#bytes.uint(4));
      case "\x80": return this.#protocol(this.#bytes.uint(1));
      case "\x95": this.#bytes.take(8); return true; // FRAME: its length only helps stream readers
      case "\x98": return true; // READONLY_BUFFER
      default: return false;
    }
  }

  /** Instructions that name, make or fill objects: handled by the builder. */
  #object(opcode: string): boolean {
    switch (opcode) {
      case "\x93": {
        const [module, name] = this.#popMany(2);
        if (typeof module !== "string" || typeof name !== "string")
          throw new PickleError("a name is not a string");
        return this.#push(this.#builder.global(module, name));
      }
      case "R":
      case "\x81": {
        const [callee, args] = this.#popMany(2);
        return this.#call(callee, args);
      }
      case "\x92": {
        const [callee, args] = this.#popMany(3);
        return this.#call(callee, args);
      }
      case "i":
        return this.#call(this.#builder.global(this.#bytes.line(), this.#bytes.line()), this.#popMark());
      case "o": {
        const [callee, ...args] = this.#popMark();
        return this.#call(callee, args);
      }
      case "b": {
        const state = this.#pop();
        this.#builder.build(this.#top(), state);
        return true;
      }
      case "P":
        return this.#push(this.#builder.persistent(this.#bytes.line()));
      case "Q":
        return this.#push(this.#builder.persistent(this.#pop()));
      case "\x82":
      case "\x83":
      case "\x84":
        return this.#push(
          this.#builder.global(
            "copyreg",
            `extension ${this.#bytes.uint(2 ** (opcode.charCodeAt(0) - 0x82))}`,
          ),
        );
      default:
        return false;
    }
  }

  #call(callee: unknown, args: unknown): true {
    if (!Array.isArray(args)) throw new PickleError("the arguments of a call are not a tuple");
    return this.#push(this.#builder.call(callee, args));
  }

  #setItems(items: unknown[], target: unknown): true {
    if (items.length % 2 !== 0) throw new PickleError("a dict has a key without a value");
    if (target instanceof Map) {
      for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
    } else if (!this.#builder.isInert(target)) {
      throw new PickleError("items are added to something that is not a dict");
    }
    return this.#push(target);
  }

  #append(items: unknown[]): true {
    const target = this.#top();
    if (Array.isArray(target)) {
      for (const item of items) target.push(item);
    } else if (!this.#builder.isInert(target)) {
      throw new PickleError("items are appended to something that is not a list");
    }
    return true;
  }

  #addItems(items: unknown[]): true {
    const target = this.#top();
    if (!(target instanceof Set)) throw new PickleError("items are added to something that is not a set");
    for (const item of items) target.add(item);
    return true;
  }

  #memoize(index: number): true {
    this.#memo.set(index, this.#top());
    return true;
  }

  #recall(index: number): true {
    if (!this.#memo.has(index)) throw new PickleError(`the memo has no entry ${index}`);
    return this.#push(this.#memo.get(index));
  }

  #protocol(version: number): true {
    if (version > 5) throw new PickleError(`pickle protocol ${version} is not supported (0 to 5 are)`);
    return true;
  }

  #push(value: unknown): true {
    this.#stack.push(value);
    return true;
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw new PickleError("the stack is empty");
    return this.#stack.at(-1);
  }

  #pop(): unknown {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popMany(count: number): unknown[] {
    if (this.#stack.length < count) throw new PickleError("the stack is empty");
    return this.#stack.splice(this.#stack.length - count);
  }

  #popMark(): unknown[] {
    const items = this.#stack;
    const below = this.#marks.pop();
    if (below === undefined) throw new PickleError("the stack has no mark");
    this.#stack = below;
    return items;
  }
}
