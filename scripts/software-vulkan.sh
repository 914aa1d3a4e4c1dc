#!/usr/bin/env bash
# Puts a Vulkan device that computes on the CPU (SwiftShader, out of Debian's chromium-common) into a folder, for tests
# of WebGPU where there is no GPU, and prints the environment that uses it:
#   eval "$(scripts/software-vulkan.sh FOLDER)"
# Needs Debian's apt-get; nothing is installed.
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder="$(cd "$1" && pwd)"
if [ ! -f "$folder/libvk_swiftshader.so" ]; then
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  cd "$scratch"
  apt-get download chromium-common >&2 || { apt-get update >&2 && apt-get download chromium-common >&2; }
  dpkg-deb --extract chromium-common_*.deb package
  # libvulkan.so.1 is the loader that finds the device by its description; the device's library comes last, as it is
  # what tells that all is there.
  for name in libvulkan.so.1 vk_swiftshader_icd.json libvk_swiftshader.so; do
    cp "package/usr/lib/chromium/$name" "$folder/"
  done
fi
printf 'export LD_LIBRARY_PATH=%q VK_DRIVER_FILES=%q VK_ICD_FILENAMES=%q\n' \
  "$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$folder/vk_swiftshader_icd.json" "$folder/vk_swiftshader_icd.json"
