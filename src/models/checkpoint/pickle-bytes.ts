/** The bytes are not a pickle, or are one that this reader does not support. Callers add the file's name. */
export class PickleError extends Error {}

/** The bytes end inside the pickle. */
export class PickleEndError extends PickleError {
  constructor(needed: number) {
    super(`the pickle continues after its last byte (${needed} needed)`);
  }
}

/** Size limit of an integer: Python's are unbounded, and converting a long one to a bigint takes quadratic time. */
const MAX_INTEGER_BYTES = 1024;

/** Reads the operands of pickle instructions. */
export class PickleBytes {
  /** position of the next byte */
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.#bytes.length) throw new PickleEndError(end);
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  uint(length: number): number {
    return this.take(length).readUIntLE(0, length);
  }

  uint64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  /** Reads the text up to the next line feed. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw new PickleEndError(this.#bytes.length + 1);
    const line = this.#bytes.toString("utf8", this.at, end);
    this.at = end + 1;
    return line;
  }

  /** Reads a two's complement little-endian integer of `length` bytes. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) throw new PickleError(`an integer of ${length} bytes`);
    if (length === 0) return 0;
    const magnitude = BigInt(`0x${Buffer.from(this.take(length)).reverse().toString("hex")}`);
    return narrow(BigInt.asIntN(8 * length, magnitude));
  }

  textInteger(): number | bigint | boolean {
    const text = this.line();
    if (text === "00" || text === "01") return text === "01";
    if (!/^[+-]?\d{1,1024}L?$/.test(text)) throw new PickleError(`"${text.slice(0, 40)}" is not an integer`);
    return narrow(BigInt(text.replace(/^\+|L$/g, "")));
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Returns the text of a quoted Python 2 string, with its escapes resolved. */
export function unquote(quoted: string): string {
  const text = /^(['"])(.*)\1$/s.exec(quoted)?.[2];
  if (text === undefined) throw new PickleError("a string without quotes");
  const named: Record<string, string> = { n: "\n", r: "\r", t: "\t" };
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/gis, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (named[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
