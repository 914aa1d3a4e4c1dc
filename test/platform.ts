/** For tests that need what Linux alone has for certain: signals, /dev/full, /bin/sh with its limits, `ps --ppid`, `script`. */
export const onLinux = process.platform === "linux";
