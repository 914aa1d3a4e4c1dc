/**
 * sha256 of SuperGLUE's official archives, version 2, from dl.fbaipublicfiles.com/glue/superglue/data/v2, as pinned by the
 * loading script of huggingface/datasets (datasets/super_glue/urls_checksums/checksums.txt, later dataset_infos.json). The
 * sha256 of ReCoRD.zip is also in allenai/rainbow.
 */
export const OFFICIAL_ARCHIVES: Readonly<Record<string, string>> = {
  "AX-b.zip": "43b45c55a273575c58a33cd68f10a971f83daa3aa223bfbc4077b92fbdf960b3",
  "AX-g.zip": "2d4e00d3a7d23d2c3787ee4c1382cc81a72cb05a76fc9d78d142949247ed61b9",
  "BoolQ.zip": "853fbe7922f70c59629f06a39e8d9ca440c3d740e760fd3b87a5ddf3dcba2436",
  "CB.zip": "8d641383298d54554066ba1c93f56ae7410af75df621b90c63028806bbbbb535",
  "COPA.zip": "405906cddac74bc1e1ce8220f1107d1025b66a25ef10149d91b10bb30651125f",
  "MultiRC.zip": "b3cd440856e72eb166b2edcd37b798455f1ebd51f2c3de64c0c2a4e1971d2737",
  "RTE.zip": "6310aab3f000424c9d0318a1ff20692e07c7f4aa15e8f17a5972ea0a35c398b9",
  "ReCoRD.zip": "30c7b651ab21b8bf8fab986495cd1084333010e040548f861b839eec0044ac18",
  "WSC.zip": "2ed6dfa94556b4a128ff0441efe365b2e883124e7e6aa00fb8d3a6cb1fd520a9",
  "WiC.zip": "ee7e67f4ae9eafbf533780faa198e62167f3cda54256cdf261877be3c0e90900",
};
