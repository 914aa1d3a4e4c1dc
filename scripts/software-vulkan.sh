#!/usr/bin/env bash
# Extracts a Vulkan device that computes on the CPU (SwiftShader, from Debian's chromium-common) into a folder, to test WebGPU
# without a GPU, and prints the environment variables that select it:
#   eval "$(scripts/software-vulkan.sh FOLDER)"
# Needs Debian's apt-get; installs nothing.
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
  # libvulkan.so.1 is the loader, which finds the device through the JSON file. The device's library is copied last: its presence
  # marks a complete folder.
  for name in libvulkan.so.1 vk_swiftshader_icd.json libvk_swiftshader.so; do
    cp "package/usr/lib/chromium/$name" "$folder/"
  done
fi
printf 'export LD_LIBRARY_PATH=%q VK_DRIVER_FILES=%q VK_ICD_FILENAMES=%q\n' \
  "$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$folder/vk_swiftshader_icd.json" "$folder/vk_swiftshader_icd.json"
