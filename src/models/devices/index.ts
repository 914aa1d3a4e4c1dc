export { type Chosen, type ChosenDevice, chooseDevices } from "./choose.js";
export { INSTALL_SCRIPT, runtimeFolder } from "./cuda-files.js";
export { checkTarget, type Installed, installByScript, installFrom } from "./cuda-setup.js";
export { adviceFor, type Examined, examineDevices, runtimeFacts } from "./examine.js";
export { parseDevices, type WantedDevices } from "./names.js";
export { openProduct, type Product, type ProductShape, productRate } from "./product.js";
export { SelfTest, type Tested } from "./self-test.js";
