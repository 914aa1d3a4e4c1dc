export type { HubFile } from "./blob-download.js";
export { checkRevision, isHubName, type RepoKind } from "./hub-names.js";
export { expandPath, type HubSettings, hubSettings } from "./hub-settings.js";
export type { HubSnapshot } from "./repo-cache.js";
export type { Listing } from "./repository-listing.js";
export {
  fetchSnapshot,
  type HubProgress,
  type Missing,
  type SnapshotRequest,
  type WantedFiles,
} from "./snapshot.js";
