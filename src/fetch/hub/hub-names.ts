import { GlmEvalError } from "../../errors.js";

/** What a repository on the hub holds. */
export type RepoKind = "model" | "dataset";

/** Returns a repository's part of the hub's URLs: "OWNER/NAME", or "datasets/OWNER/NAME". */
export function repoPath(kind: RepoKind, name: string): string {
  return kind === "model" ? name : `datasets/${name}`;
}

// The hub's own rule for names (huggingface_hub, validate_repo_id), with the owner required.
const HUB_PART = /^\w(?:[\w.-]{0,94}\w)?$/;
/** Whether a name, OWNER/NAME, is valid for a repository on the hub. */
export function isHubName(name: string): boolean {
  const parts = name.split("/");
  return parts.length === 2 && parts.every((part) => HUB_PART.test(part)) && !/--|\.\.|\.git$/.test(name);
}

/** @throws GlmEvalError (model) if the revision is not valid on the hub, or would lead out of the cache folder */
export function checkRevision(revision: string): void {
  // git's rules for references; ".." would also lead out of the cache's refs/ folder
  if (revision === "" || /\.\.|[\s~^:?*[\\]|^[-/]|\/$|\/\//.test(revision)) {
    throw new GlmEvalError("bad-revision", `"${revision}" is not a revision`, {
      hint: "A revision is a branch, a tag, or a commit of 40 hexadecimal digits.",
    });
  }
}
