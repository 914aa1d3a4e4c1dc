export { type DownloadOptions, type DownloadProgress, downloadFile } from "./download.js";
