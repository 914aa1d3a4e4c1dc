import type { TensorType } from "./checkpoint.js";
import type { ObjectBuilder } from "./pickle.js";
import { PickleError } from "./pickle-bytes.js";

/**
 * `weights`: a file of tensors alone (the hub's); any name that tensors do not need is refused.
 * `training`: a file of the original repository, where the weights stand beside the training's own objects; unknown
 * names are read as inert placeholders.
 */
export type PicklePolicy = "weights" | "training";

/** A name in a pickle. It is never resolved to anything. */
export class Global {
  constructor(readonly path: string) {}
}

/** Stands for an object of an unknown class; whatever the pickle puts into it is dropped. */
export class Inert {
  constructor(readonly path: string) {}
}

export interface Storage {
  readonly key: string;
  /** "torch.FloatStorage" */
  readonly dtype: string;
  readonly type: TensorType | undefined;
  readonly bytesPerElement: number;
  /** elements of the whole storage */
  readonly length: number;
  /** first element of the view of it (old legacy files), else 0 */
  readonly start: number;
  /** elements of the view */
  readonly viewLength: number;
}

export class TorchTensor {
  storage: Storage | undefined;
  offset = 0;
  shape: readonly number[] = [];
  strides: readonly number[] = [];

  /** Fills it from (storage, offset, size, stride, …); false where these are of other kinds. */
  set([storage, offset, shape, strides]: readonly unknown[]): boolean {
    if (!isStorage(storage) || typeof offset !== "number" || !isNumbers(shape) || !isNumbers(strides))
      return false;
    Object.assign(this, { storage, offset, shape, strides });
    return true;
  }
}

const ELEMENTS: ReadonlyMap<string, { bytes: number; type?: TensorType }> = new Map([
  ["Float", { bytes: 4, type: "float32" }],
  ["Half", { bytes: 2, type: "float16" }],
  ["BFloat16", { bytes: 2, type: "bfloat16" }],
  ["Double", { bytes: 8, type: "float64" }],
  ["Long", { bytes: 8 }],
  ["Int", { bytes: 4 }],
  ["Short", { bytes: 2 }],
  ["Char", { bytes: 1 }],
  ["Byte", { bytes: 1 }],
  ["Bool", { bytes: 1 }],
]);

/** Element kind of "torch.FloatStorage", "torch.cuda.HalfTensor", …; undefined for other names. */
function elementOf(path: string, suffix: "Storage" | "Tensor") {
  return ELEMENTS.get(new RegExp(`^torch\\.(?:cuda\\.)?(\\w+)${suffix}$`).exec(path)?.[1] ?? "");
}

/** PyTorch's own limit. */
const MAX_DIMENSIONS = 64;
/** Items that calls may copy in one pickle: one list used over and over could fill the memory otherwise. */
const MAX_COPIED_ITEMS = 1_000_000;

type Maker = (args: readonly unknown[]) => unknown;

/** Everything that a state dict of plain tensors can name beside storages. A maker gives undefined for wrong arguments. */
const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["collections.OrderedDict", makeDict],
  ["torch._utils._rebuild_tensor", makeTensor],
  ["torch._utils._rebuild_tensor_v2", makeTensor],
  ["torch._utils._rebuild_parameter", firstOf],
  ["torch._utils._rebuild_parameter_with_state", firstOf],
  ["torch.nn.parameter.Parameter", firstOf],
  ["torch.Tensor", firstOf],
  ["torch.Size", firstOf],
]);
/** Wraps one of the others: (function, class, arguments, state). */
const REBUILD_FROM_TYPE = "torch._tensor._rebuild_from_type_v2";

/** Makes tensors, and nothing else, of a PyTorch pickle. */
export class TorchBuilder implements ObjectBuilder {
  readonly #policy: PicklePolicy;
  #copied = 0;
  /** every storage that was named, by key */
  readonly storages = new Map<string, Storage>();

  constructor(policy: PicklePolicy) {
    this.#policy = policy;
  }

  global(module: string, name: string): Global {
    const path = `${module}.${name}`;
    const isNeeded =
      MAKERS.has(path) ||
      path === REBUILD_FROM_TYPE ||
      elementOf(path, "Storage") ||
      elementOf(path, "Tensor");
    if (!isNeeded && this.#policy === "weights") throw new ForbiddenNameError(path);
    return new Global(path);
  }

  call(callee: unknown, args: readonly unknown[]): unknown {
    this.#copied += Array.isArray(args[0]) ? args[0].length : 0;
    if (this.#copied > MAX_COPIED_ITEMS)
      throw new PickleError(`calls copy more than ${MAX_COPIED_ITEMS} items`);
    const path = callee instanceof Global || callee instanceof Inert ? callee.path : "an object";
    const made = callee instanceof Global ? make(callee.path, args) : undefined;
    if (made !== undefined) return made;
    if (this.#policy === "weights")
      throw new PickleError(`${path} is called with arguments that make no tensor`);
    return new Inert(path);
  }

  build(target: unknown, state: unknown): void {
    if (target instanceof TorchTensor && target.storage === undefined) {
      if (!Array.isArray(state) || !target.set(state))
        throw new PickleError("a tensor's state is not that of a tensor");
      return;
    }
    // An OrderedDict's or a parameter's attributes (`_metadata`, `requires_grad`) say nothing about values.
    const isKnown = target instanceof Map || target instanceof TorchTensor || this.isInert(target);
    if (!isKnown) throw new PickleError("a state is given to something that is no object");
  }

  persistent(id: unknown): unknown {
    if (!Array.isArray(id)) throw new PickleError("an outside object has an id that is not a tuple");
    const [kind, storageType, key, , length, view] = id as unknown[];
    if (kind === "storage" && storageType instanceof Global && typeof key === "string") {
      const element = elementOf(storageType.path, "Storage");
      if (element !== undefined && isCount(length)) {
        return this.#storage(storageType.path, element, key, length, view);
      }
    }
    if (this.#policy === "weights") throw new PickleError("an outside object is not a storage");
    return new Inert("an object outside the pickle");
  }

  isInert(target: unknown): boolean {
    return this.#policy === "training" && (target instanceof Inert || target instanceof Global);
  }

  #storage(
    dtype: string,
    element: { bytes: number; type?: TensorType },
    key: string,
    length: number,
    view: unknown,
  ): Storage {
    const whole = {
      key,
      dtype,
      type: element.type,
      bytesPerElement: element.bytes,
      length,
      start: 0,
      viewLength: length,
    };
    const known = this.storages.get(key);
    if (known !== undefined && (known.dtype !== dtype || known.length !== length)) {
      throw new PickleError(
        `storage ${key} is once ${known.dtype} of ${known.length}, once ${dtype} of ${length} elements`,
      );
    }
    this.storages.set(key, whole);
    if (!Array.isArray(view)) return whole;
    const [, start, viewLength] = view as unknown[];
    if (!isCount(start) || !isCount(viewLength) || start + viewLength > length) {
      throw new PickleError(`a view of storage ${key} reaches beyond it`);
    }
    return { ...whole, start, viewLength };
  }
}

/** A pickle names something that plain tensors do not need. */
export class ForbiddenNameError extends PickleError {
  constructor(readonly path: string) {
    super(
      `the pickle names "${path}", which is not needed to read tensors and could run code; nothing was run`,
    );
  }
}

function make(path: string, args: readonly unknown[]): unknown {
  if (path === REBUILD_FROM_TYPE) {
    const [inner, , innerArgs] = args;
    return inner instanceof Global && Array.isArray(innerArgs)
      ? MAKERS.get(inner.path)?.(innerArgs)
      : undefined;
  }
  const maker = MAKERS.get(path);
  if (maker !== undefined) return maker(args);
  // Tensors of PyTorch before 0.2: made empty, filled by BUILD.
  return elementOf(path, "Tensor") !== undefined && args.length === 0 ? new TorchTensor() : undefined;
}

function makeTensor(args: readonly unknown[]): TorchTensor | undefined {
  const tensor = new TorchTensor();
  return tensor.set(args) ? tensor : undefined;
}

/** OrderedDict() or, from Python 2, OrderedDict([[key, value], …]). */
function makeDict([items = []]: readonly unknown[]): Map<unknown, unknown> | undefined {
  const arePairs = Array.isArray(items) && items.every((item) => Array.isArray(item) && item.length === 2);
  return arePairs ? new Map(items as [unknown, unknown][]) : undefined;
}

function firstOf([first]: readonly unknown[]): unknown {
  return first;
}

function isStorage(value: unknown): value is Storage {
  return typeof value === "object" && value !== null && "bytesPerElement" in value;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MAX_DIMENSIONS && value.every((n) => typeof n === "number");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
