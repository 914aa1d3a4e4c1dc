import type { TensorType } from "./checkpoint.js";
import type { ObjectBuilder } from "./pickle.js";
import { PickleError } from "./pickle-bytes.js";

/**
 * `weights`: a file of tensors only (the hub's); any name that tensors do not need is refused.
 * `training`: a file from the original repository, which stores the weights next to objects of the training; unknown
 * names are read as inert placeholders.
 */
export type PicklePolicy = "weights" | "training";

/** A name in a pickle. It is never resolved to anything. */
export class Global {
  constructor(readonly path: string) {}
}

/** A placeholder for an object of an unknown class; anything that the pickle puts into it is dropped. */
export class Inert {
  constructor(readonly path: string) {}
}

export interface Storage {
  readonly key: string;
  /** "torch.FloatStorage" */
  readonly dtype: string;
  readonly type: TensorType | undefined;
  readonly bytesPerElement: number;
  /** number of elements in the entire storage */
  readonly length: number;
  /** first element of the view (old legacy files), otherwise 0 */
  readonly start: number;
  /** number of elements in the view */
  readonly viewLength: number;
}

export class TorchTensor {
  storage: Storage | undefined;
  offset = 0;
  shape: readonly number[] = [];
  strides: readonly number[] = [];

  /** Sets the fields from (storage, offset, size, stride, …); false if these have other types. */
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

/** Returns the element type of "torch.FloatStorage", "torch.cuda.HalfTensor", …; undefined for other names. */
function getElement(path: string, suffix: "Storage" | "Tensor") {
  return ELEMENTS.get(new RegExp(`^torch\\.(?:cuda\\.)?(\\w+)${suffix}$`).exec(path)?.[1] ?? "");
}

/** PyTorch's own limit. */
const MAX_DIMENSIONS = 64;
/** Limit on the items that calls may copy in one pickle: otherwise one list used repeatedly could exhaust memory. */
const MAX_COPIED_ITEMS = 1_000_000;

type Maker = (args: readonly unknown[]) => unknown;

/**
 * Everything that a state dict of plain tensors can name besides storages. A maker returns undefined for wrong
 * arguments.
 */
const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["collections.OrderedDict", makeDict],
  ["torch._utils._rebuild_tensor", makeTensor],
  ["torch._utils._rebuild_tensor_v2", makeTensor],
  ["torch._utils._rebuild_parameter", takeFirst],
  ["torch._utils._rebuild_parameter_with_state", takeFirst],
  ["torch.nn.parameter.Parameter", takeFirst],
  ["torch.Tensor", takeFirst],
  ["torch.Size", takeFirst],
]);
/** Wraps one of the others: (function, class, arguments, state). */
const REBUILD_FROM_TYPE = "torch._tensor._rebuild_from_type_v2";

/** Builds tensors, and nothing else, from a PyTorch pickle. */
export class TorchBuilder implements ObjectBuilder {
  readonly #policy: PicklePolicy;
  #copied = 0;
  /** every storage named so far, by key */
  readonly storages = new Map<string, Storage>();

  constructor(policy: PicklePolicy) {
    this.#policy = policy;
  }

  global(module: string, name: string): Global {
    const path = `${module}.${name}`;
    const isNeeded =
      MAKERS.has(path) ||
      path === REBUILD_FROM_TYPE ||
      getElement(path, "Storage") ||
      getElement(path, "Tensor");
    if (!isNeeded && this.#policy === "weights") throw new ForbiddenNameError(path);
    return new Global(path);
  }

  call(callee: unknown, args: readonly unknown[]): unknown {
    this.#copied += Array.isArray(args[0]) ? args[0].length : 0;
    if (this.#copied > MAX_COPIED_ITEMS)
      throw new PickleError(`calls copy more than ${MAX_COPIED_ITEMS} items`);
    const path = callee instanceof Global || callee instanceof Inert ? callee.path : "an object";
    const made = callee instanceof Global ? makeObject(callee.path, args) : undefined;
    if (made !== undefined) return made;
    if (this.#policy === "weights")
      throw new PickleError(`${path} is called with arguments that do not make a tensor`);
    return new Inert(path);
  }

  build(target: unknown, state: unknown): void {
    if (target instanceof TorchTensor && target.storage === undefined) {
      if (!Array.isArray(state) || !target.set(state))
        throw new PickleError("a tensor's state is not valid for a tensor");
      return;
    }
    // The attributes of an OrderedDict or a parameter (`_metadata`, `requires_grad`) do not affect values.
    const isKnown = target instanceof Map || target instanceof TorchTensor || this.isInert(target);
    if (!isKnown) throw new PickleError("a state is set on something that is not an object");
  }

  persistent(id: unknown): unknown {
    if (!Array.isArray(id)) throw new PickleError("an external object has an id that is not a tuple");
    const [kind, storageType, key, , length, view] = id as unknown[];
    if (kind === "storage" && storageType instanceof Global && typeof key === "string") {
      const element = getElement(storageType.path, "Storage");
      if (element !== undefined && isCount(length)) {
        return this.#storage(storageType.path, element, key, length, view);
      }
    }
    if (this.#policy === "weights") throw new PickleError("an external object is not a storage");
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
        `storage ${key} is listed both as ${known.dtype} with ${known.length} elements and as ${dtype} with ${length}`,
      );
    }
    this.storages.set(key, whole);
    if (!Array.isArray(view)) return whole;
    const [, start, viewLength] = view as unknown[];
    if (!isCount(start) || !isCount(viewLength) || start + viewLength > length) {
      throw new PickleError(`a view of storage ${key} extends beyond it`);
    }
    return { ...whole, start, viewLength };
  }
}

/** Thrown when a pickle names something that plain tensors do not need. */
export class ForbiddenNameError extends PickleError {
  constructor(readonly path: string) {
    super(
      `the pickle names "${path}", which is not needed to read tensors and could run code; nothing was run`,
    );
  }
}

function makeObject(path: string, args: readonly unknown[]): unknown {
  if (path === REBUILD_FROM_TYPE) {
    const [inner, , innerArgs] = args;
    return inner instanceof Global && Array.isArray(innerArgs)
      ? MAKERS.get(inner.path)?.(innerArgs)
      : undefined;
  }
  const maker = MAKERS.get(path);
  if (maker !== undefined) return maker(args);
  // Tensors from PyTorch before 0.2: created empty, filled by BUILD.
  return getElement(path, "Tensor") !== undefined && args.length === 0 ? new TorchTensor() : undefined;
}

function makeTensor(args: readonly unknown[]): TorchTensor | undefined {
  const tensor = new TorchTensor();
  return tensor.set(args) ? tensor : undefined;
}

/** Makes OrderedDict() or, from Python 2, OrderedDict([[key, value], …]). */
function makeDict([items = []]: readonly unknown[]): Map<unknown, unknown> | undefined {
  const arePairs = Array.isArray(items) && items.every((item) => Array.isArray(item) && item.length === 2);
  return arePairs ? new Map(items as [unknown, unknown][]) : undefined;
}

function takeFirst([first]: readonly unknown[]): unknown {
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
