export { type DownloadOptions, type DownloadProgress, downloadFile } from "./download-file.js";
